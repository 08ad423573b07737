"""What somebody still has to look at: in the service that owns the matter, for one person or for a level."""
