"""Pages of therapy groups: the list, each group with its members by date, and changing them."""

from __future__ import annotations

from typing import Final

from gateway.route_table.pages.kinds import page
from gateway.route_table.row import Row

_FORM: Final = ("GET /staff", "GET /service-types")
_ONE: Final = (
    "GET /groups/{group_id}",
    "GET /groups/{group_id}/appointments",
    "GET /groups/{group_id}/history",
    "GET /locations",
    "POST /clients/lookup",
    *_FORM,
)
_CHANGE: Final = ("PATCH /groups/{group_id}", "GET /groups/{group_id}", *_FORM)
_LEAVE: Final = ("DELETE /groups/{group_id}/members/{client_id}", "GET /groups/{group_id}")

GROUPS: Final[tuple[Row, ...]] = (
    page("GET", "/groups", "GET /groups", "GET /staff"),
    page("GET", "/groups/new", "POST /groups", *_FORM),
    page("POST", "/groups/new", "POST /groups", *_FORM),
    page("GET", "/groups/{group_id}", *_ONE),
    page("GET", "/groups/{group_id}/edit", *_CHANGE),
    page("POST", "/groups/{group_id}/edit", *_CHANGE),
    page("POST", "/groups/{group_id}/state", *_CHANGE),
    page("POST", "/groups/{group_id}/members", "PUT /groups/{group_id}/members/{client_id}", *_ONE),
    page("GET", "/groups/{group_id}/members/{client_id}", *_LEAVE),
    page("POST", "/groups/{group_id}/members/{client_id}/leave", *_LEAVE),
)
