"""Stored files: each sealed under a key of its own. The bytes lie in a store, the rows in the service's database."""
