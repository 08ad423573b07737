"""Clients: who comes to the practice, and which staff are assigned to them.

Owns client profiles and assignments, and keeps checkpoints of identity's audit trails.
"""
