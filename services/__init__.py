"""The services: each owns its data, and shares only contracts with the others."""
