"""Clinical: when clients come, what is treated and how, and what was written about it.

Owns appointments, cases and their members, diagnoses, treatment plans, notes with addenda and amendments, and emergency
access.

Events out: `clinical.appointment_documented.v1`, `clinical.note_amended.v1`, `clinical.staff_joined_case.v1`,
`clinical.break_glass_opened.v1`, `clinical.audit_recorded.v1`.
Events in, as copies: `identity.organization_changed.v1`, `identity.location_changed.v1`, `identity.staff_changed.v1`,
`clients.client_changed.v1`, `billing.service_type_changed.v1`, `billing.invoice_changed.v1`;
`clients.staff_assigned.v1` and `clients.staff_unassigned.v1`, which also join and leave cases;
`identity.work_handed_over.v1`, which moves them.
"""
