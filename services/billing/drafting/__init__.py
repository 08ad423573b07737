"""What was documented becomes a draft invoice, exactly once, and a later version of it brings that up to date."""
