"""How somebody joins: a token that is shown once, used once, and expires."""
