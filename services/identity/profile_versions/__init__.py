"""Recording and reading the billing profiles of the practice, its locations and its staff."""
