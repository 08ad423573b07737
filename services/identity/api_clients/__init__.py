"""Programs that act for a practice: an id and a secret, some permissions, an end."""
