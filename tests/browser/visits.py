"""How each page is reached: every row that answers GET has one visit, and a test holds the two together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final

from shared import clock
from tests.practice import Practice

Path = Callable[[Practice], str]


def _at(path: str) -> Path:
    return lambda _practice: path


def _program(practice: Practice) -> str:
    """Any program of the practice; made where there is none."""
    items = practice.owner.get("/api-clients")["items"]
    if items:
        return str(items[0]["id"])
    ends = (clock.now() + timedelta(days=90)).isoformat()
    body = {"name": "Accounting export", "permissions": ["invoices:read"], "expires_at": ends}
    return str(practice.owner.post("/api-clients", body)["id"])


def _location(practice: Practice) -> str:
    found = practice.owner.get("/locations")["items"]
    body = {"name": "Mill Lane", "rooms": [{"name": "Blue room"}]}
    return f"/settings/locations/{(found[0] if found else practice.owner.post('/locations', body))['id']}"


# Before sign-in.
PUBLIC: Final[Mapping[str, Path]] = {
    "GET /sign-in": _at("/sign-in"),
    "GET /sign-up": _at("/sign-up"),
    "GET /confirm": _at("/confirm#token=of-a-mail"),
    "GET /join": _at("/join#token=of-a-mail"),
    "GET /password-reset": _at("/password-reset"),
    "GET /email-change": _at("/email-change"),
}
# Of somebody signed in: the owner, who sees all there is.
SIGNED_IN: Final[Mapping[str, Path]] = {
    "GET /home": _at("/home"),
    "GET /activity": _at("/activity"),
    "GET /account": _at("/account"),
    "GET /account/security": _at("/account/security"),
    "GET /account/permissions": _at("/account/permissions"),
    "GET /account/second-factor": _at("/account/second-factor"),
    "GET /help": _at("/help"),
    "GET /help/{topic}": _at("/help/services"),
    "GET /style-guide": _at("/style-guide"),
    "GET /settings/staff": _at("/settings/staff"),
    "GET /settings/staff/new": _at("/settings/staff/new"),
    "GET /settings/staff/import": _at("/settings/staff/import"),
    "GET /settings/staff/{staff_id}": lambda practice: f"/settings/staff/{practice.staff_ids['therapist']}",
    "GET /settings/staff/{staff_id}/profile": lambda practice: (
        f"/settings/staff/{practice.staff_ids['therapist']}/profile"
    ),
    "GET /settings": _at("/settings"),
    "GET /settings/hours": _at("/settings/hours"),
    "GET /settings/policies": _at("/settings/policies"),
    "GET /settings/printing": _at("/settings/printing"),
    "GET /settings/history": _at("/settings/history"),
    "GET /settings/security": _at("/settings/security"),
    "GET /settings/emergency-access": _at("/settings/emergency-access"),
    "GET /settings/locations": _at("/settings/locations"),
    "GET /settings/locations/new": _at("/settings/locations/new"),
    "GET /settings/locations/{location_id}": _location,
    "GET /settings/services": _at("/settings/services"),
    "GET /settings/services/new": _at("/settings/services/new"),
    "GET /settings/services/{service_type_id}": lambda practice: f"/settings/services/{practice.service_type_id}",
    "GET /settings/staff/{staff_id}/leaving": lambda practice: (
        f"/settings/staff/{practice.staff_ids['therapist']}/leaving"
    ),
    "GET /settings/api-clients": _at("/settings/api-clients"),
    "GET /settings/api-clients/new": _at("/settings/api-clients/new"),
    "GET /settings/api-clients/{api_client_id}": lambda practice: f"/settings/api-clients/{_program(practice)}",
}
# Rows that answer GET with no page of their own.
NO_PAGE: Final = frozenset({"GET /", "GET /session", "GET /activity/export", "GET /settings/logo"})
