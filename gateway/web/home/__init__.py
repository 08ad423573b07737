"""Home: what a practice still has to set up, and what waits for somebody."""
