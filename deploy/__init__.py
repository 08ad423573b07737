"""How Caseload runs in containers."""
