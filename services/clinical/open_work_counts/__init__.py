"""How much open work each member of staff has with each client: counted in the background, and told to clients."""
