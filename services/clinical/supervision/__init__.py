"""Supervision: notes that a supervisor approves or co-signs before anything is billed."""
