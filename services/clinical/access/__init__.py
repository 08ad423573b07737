"""Who can see a client's record, and by which rule."""
