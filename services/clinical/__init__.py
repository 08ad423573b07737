"""Clinical: when clients come, what is treated and how, and what was written about it.

Owns appointments, cases and their members, diagnoses, treatment plans, notes with addenda and amendments.
Events out: `clinical.appointment_documented.v1`, `clinical.staff_joined_case.v1`.
Events in: `identity.*`, `clients.*`, `billing.service_type_changed.v1`, all as copies; assignments also join cases.
"""
