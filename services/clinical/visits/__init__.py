"""When clients were here last, and when they come next."""
