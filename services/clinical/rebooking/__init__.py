"""Rebooking: another clinician for an appointment that nobody has written about."""
