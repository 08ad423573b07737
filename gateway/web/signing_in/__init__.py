"""Before a session, and at its end."""
