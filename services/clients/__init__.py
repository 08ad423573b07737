"""Clients: who comes to the practice, and which staff are assigned to them.

Owns client profiles and assignments, and keeps checkpoints of identity's audit trails.

Events out: `clients.client_changed.v1`, `clients.staff_assigned.v1`, `clients.staff_unassigned.v1`,
`clients.audit_recorded.v1`.
Events in: `identity.organization_changed.v1`, `identity.staff_changed.v1`, `identity.work_handed_over.v1`,
`identity.audit_checkpoint.v1`, `clinical.staff_joined_case.v1`.
"""
