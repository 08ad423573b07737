"""Where each audit trail stood, kept outside the database that holds the trail."""
