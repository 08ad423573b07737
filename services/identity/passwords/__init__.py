"""What a password must be, how it is kept, and whether one fits."""
