"""What there is in billing of two clients who are one person, before they are merged."""
