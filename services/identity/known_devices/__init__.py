"""Known devices: browsers that an account signed in with, and that strangers' guesses do not keep out."""
