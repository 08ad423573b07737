"""The agenda: what is booked, booking it, moving it, and what becomes of it."""
