"""What levels and grants come to, and the record of how they changed."""
