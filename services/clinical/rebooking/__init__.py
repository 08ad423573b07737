"""Rebooking: another time, length, clinician, service or place for an appointment that is not documented yet."""
