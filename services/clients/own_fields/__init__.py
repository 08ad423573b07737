"""Fields of the practice's own: what it keeps of each client beside what every practice does."""
