"""How somebody adds passkeys to their account, names and removes them."""
