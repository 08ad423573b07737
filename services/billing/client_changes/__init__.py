"""The part of billing in changes of clients that every service agrees to."""
