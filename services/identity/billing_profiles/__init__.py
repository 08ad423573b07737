"""Under which names, numbers and addresses the practice, its locations and its staff print and bill: on any day."""
