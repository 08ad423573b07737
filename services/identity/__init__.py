"""Identity: who the practice is, who works there, what they may do, who is signed in, and what was done.

Owns organizations with settings, billing profiles and policies, locations, staff with levels, grants and licences,
invitations, passwords, second factors and passkeys, sessions, API clients, mail, and the audit trail of every service.

Events out: `identity.organization_changed.v1`, `identity.location_changed.v1`, `identity.staff_changed.v1`,
`identity.billing_profile_recorded.v1`, `identity.work_handed_over.v1`, `identity.audit_checkpoint.v1`.
Events in: `clients.audit_recorded.v1`, `clinical.audit_recorded.v1`, `billing.audit_recorded.v1` (chained),
`clinical.break_glass_opened.v1` (told by mail).
"""
