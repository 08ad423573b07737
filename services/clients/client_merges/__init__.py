"""What clients knows of two clients who are one person, before they are merged."""
