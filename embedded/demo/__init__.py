"""Plays a practice's first day through the gateway, so that a newcomer has something to look at."""
