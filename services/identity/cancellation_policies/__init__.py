"""What a practice charges for late cancellations and no-shows, in versions that clients agree to."""
