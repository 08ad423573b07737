"""Changes of clients that clinical and billing have to agree to: so far deleting one who was never used."""
