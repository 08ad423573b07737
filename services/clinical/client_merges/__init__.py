"""What there is in clinical of two clients who are one person, before they are merged."""
