"""Signing in and out, and what a token means."""
