"""Work that takes longer than a request: written down by a command, done in steps by the role `jobs`."""
