"""Proving once more, within a session, who somebody is."""
