"""Who has the last word on what a member of staff writes: a supervisor, or they alone."""
