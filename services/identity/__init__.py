"""Identity: who the practice is, who works there, what they may do, and who is signed in.

Owns organizations, locations, staff with levels, grants and licences, invitations, sessions.
Events out: `identity.organization_changed.v1`, `identity.location_changed.v1`, `identity.staff_changed.v1`.
Events in: none.
"""
