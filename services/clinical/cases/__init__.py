"""Cases: what a client is treated for, and who of the staff is on it."""
