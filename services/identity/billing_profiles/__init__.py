"""Under which name, numbers and address the practice prints and bills: on any day, past or coming."""
