"""Inviting many at once from a table, with a report of every row."""
