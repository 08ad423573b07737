"""Keys and what they are used for: signed events and actor tokens, sealed secrets, keys that replace one another."""
