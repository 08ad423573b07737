"""Telling people by mail of what must not go unnoticed."""
