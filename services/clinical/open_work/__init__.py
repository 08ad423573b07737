"""What would be left undone if somebody were not there: clients, cases, coming appointments, drafts, reviews."""
