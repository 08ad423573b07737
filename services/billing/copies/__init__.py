"""Local copies of other services' facts: organizations, locations, staff, clients, assignments."""
