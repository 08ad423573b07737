"""Who pays for a client: responsible people and their shares."""
