"""Opening one unassigned record in an emergency: with a reason, for a while, and looked into afterwards."""
