"""One sign-in of one person: the row that sessions begin, renew and end, and that a new second factor strengthens."""
