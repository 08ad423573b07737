"""Who works here: profile, levels, grants, licences, supervisor."""
