"""The worklist: what waits for the person who asks, in one list."""
