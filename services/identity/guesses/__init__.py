"""Wrong passwords and codes: how many may be tried, and from where an account's owner is let in all the same."""
