"""Diagnoses of a case, each with the period in which it is in force."""
