"""Where the practice works."""
