"""A client's account: who may see it, what it sums up to, and the lock that whatever moves its money takes first."""
