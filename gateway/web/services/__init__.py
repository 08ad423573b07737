"""The services that a practice offers, with their rates."""
