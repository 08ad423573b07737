"""Appointments that clients asks for: the next one of a client who comes from a file. Booked in the background."""
