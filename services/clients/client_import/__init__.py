"""Importing clients from a table: read, checked row by row, and added once somebody has looked."""
