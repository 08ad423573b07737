"""Words that an organization puts on clients."""
