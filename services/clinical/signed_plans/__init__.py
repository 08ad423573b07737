"""Treatment plans are signed here: billing is told anew of the documented sessions that have a signed plan by that."""
