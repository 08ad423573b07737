"""Sealing: what is signed becomes a version of the note that never changes, and billing is told what took place."""
