"""Pages of importing clients: the file, its check, and what came of it."""
