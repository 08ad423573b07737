"""How often the sessions of a case worked on each goal of its treatment plan."""
