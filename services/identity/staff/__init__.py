"""Who works here: profile, levels, grants, supervisor, and the licences that belong to a profile."""
