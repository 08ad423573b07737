"""How likely two people are one: what an import and the list of likely duplicates share."""
