"""Basic client data."""
