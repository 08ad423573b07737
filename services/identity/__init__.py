"""Identity: who the practice is, who works there, what they may do, and who is signed in.

Owns organizations, locations, staff with levels, grants and licences, invitations, sessions.
Events out: `identity.organization_changed.v1`, `identity.location_changed.v1`, `identity.staff_changed.v1`,
`identity.billing_profile_recorded.v1` (what prints and bills, by date), `identity.work_handed_over.v1`,
`identity.audit_checkpoint.v1`.
Events in: `<service>.audit_recorded.v1`, `clinical.break_glass_opened.v1`.
"""
