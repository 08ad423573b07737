"""What is written down of each change of a client's basic data."""
