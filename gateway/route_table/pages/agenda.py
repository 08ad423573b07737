"""Pages of the agenda: what is booked, booking, moving, attendance."""

from __future__ import annotations

from typing import Final

from gateway.route_table.pages.kinds import page
from gateway.route_table.row import Row

_AROUND: Final = ("GET /staff", "GET /service-types", "GET /locations", "GET /organization")
_AGENDA: Final = ("GET /agenda", "POST /invoices/lookup", "GET /groups", *_AROUND)
_ONE: Final = ("GET /appointments/{appointment_id}", "POST /clients/lookup", "GET /groups", *_AROUND)
_PANEL: Final = (
    *_ONE,
    "GET /appointments/{appointment_id}/history",
    "GET /appointments/{appointment_id}/roster",
    "POST /invoices/lookup",
)
_GROUPS: Final = ("GET /groups", "GET /groups/{group_id}")
_BOOKING: Final = ("POST /appointments", "POST /clients/search", "POST /clients/lookup", *_GROUPS, *_AROUND)
_CHANGE: Final = ("PATCH /appointments/{appointment_id}", *_ONE)

AGENDA: Final[tuple[Row, ...]] = (
    page("GET", "/agenda", *_AGENDA),
    page("GET", "/agenda/grid", *_AGENDA),
    page("POST", "/agenda/look", "PATCH /me/preferences"),
    page("GET", "/agenda/new", *_BOOKING, "POST /appointments/lookup", "GET /appointments/{appointment_id}"),
    page("POST", "/agenda/new", *_BOOKING, "POST /clients"),
    page("POST", "/client-suggestions", "POST /clients/search"),
    page("GET", "/agenda/appointments/{appointment_id}", *_PANEL),
    page("POST", "/agenda/appointments/{appointment_id}/status", "POST /appointments/{appointment_id}/status", *_PANEL),
    page("POST", "/agenda/appointments/{appointment_id}/move", *_CHANGE),
    page("GET", "/agenda/appointments/{appointment_id}/edit", *_CHANGE),
    page("POST", "/agenda/appointments/{appointment_id}/edit", *_CHANGE),
)
