"""Which first steps of a practice are done."""
