"""Says who may read a record in an emergency: the openings, and the condition for queries."""
