"""Pairs of clients who may be the same person: found in the background, and dismissed by people."""
