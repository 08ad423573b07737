"""Issuing: a draft gets its number, its lines are frozen, and the journal gets what they charge."""
