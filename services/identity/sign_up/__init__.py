"""How a practice begins: its organization and its first administrator, in one step."""
