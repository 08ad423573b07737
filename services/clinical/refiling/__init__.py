"""Records in cases of their own clients again, after two clients were separated."""
