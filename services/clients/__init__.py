"""Clients: who comes to the practice, and which staff are assigned to them.

Owns client profiles and assignments.
Events out: `clients.client_changed.v1`, `clients.staff_assigned.v1`, `clients.staff_unassigned.v1`.
Events in: `identity.organization_changed.v1`, `identity.staff_changed.v1`, `clinical.staff_joined_case.v1`.
"""
