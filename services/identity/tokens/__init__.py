"""Tokens: how they are made, which organization they name, and what is kept of them."""
