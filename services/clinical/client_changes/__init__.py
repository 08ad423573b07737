"""The part of clinical in changes of clients that every service agrees to."""
