"""Staff as those read them who manage them, and as colleagues do."""
