"""The work items of clients: notices."""
