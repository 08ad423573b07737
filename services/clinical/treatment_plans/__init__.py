"""Treatment plans: problems, goals, objectives, interventions; signed ones never change."""
