"""Where clients live, from which day on."""
