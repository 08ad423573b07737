"""Billing: what services cost, what was invoiced and paid, and the ledger that must agree with all of it.

Owns the service catalogue with its effective-dated rates, invoices, payments, refunds, and the double-entry journal.

Events out: `billing.service_type_changed.v1`, `billing.invoice_changed.v1`, `billing.audit_recorded.v1`.
Events in: `clinical.appointment_documented.v1` (a draft invoice, exactly once); as copies `clinical.note_amended.v1`,
`identity.organization_changed.v1`, `identity.location_changed.v1`, `identity.staff_changed.v1`,
`identity.billing_profile_recorded.v1`, `clients.client_changed.v1`, `clients.staff_assigned.v1`,
`clients.staff_unassigned.v1`.
"""
