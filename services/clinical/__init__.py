"""Clinical: when clients come, what is treated and how, and what was written about it.

Owns appointments, cases and their members, diagnoses, treatment plans, notes with addenda and amendments, and emergency
access.
"""
