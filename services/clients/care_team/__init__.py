"""The staff of one client: who is on it, joining and leaving."""
