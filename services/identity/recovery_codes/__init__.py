"""Recovery codes: each stands in for a second factor once."""
