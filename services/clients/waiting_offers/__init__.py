"""Times that are offered to clients on the waiting list."""
