"""Clients who were merged into another one, and who belongs together by that."""
