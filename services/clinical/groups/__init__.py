"""Groups: who leads them, who belongs to them from when to when."""
