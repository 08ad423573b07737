"""What a clinician gave: their kept sessions, by day."""
