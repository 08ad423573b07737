"""Who may read a record that is closed to them otherwise: the openings, and the condition for queries."""
