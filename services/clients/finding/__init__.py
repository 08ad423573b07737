"""Finding clients: the list, the search, names by ids, and the tags in use."""
