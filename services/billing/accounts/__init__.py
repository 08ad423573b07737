"""What billing knows of organizations, locations, staff and clients, and whose money a person may see."""
