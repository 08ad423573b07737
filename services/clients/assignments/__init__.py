"""Which staff are assigned to which client, now and before."""
