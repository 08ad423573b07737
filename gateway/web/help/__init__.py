"""Help: the steps of setting a practice up, in words."""
