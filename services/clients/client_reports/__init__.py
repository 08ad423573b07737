"""Reports about how clients are reached, and who waits."""
