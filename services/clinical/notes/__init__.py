"""Notes: written, signed, and from then on only added to."""
