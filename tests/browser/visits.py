"""How each page is reached: every row that answers GET has one visit, and a test holds the two together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from tests.practice import Practice

Path = Callable[[Practice], str]


def _at(path: str) -> Path:
    return lambda _practice: path


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
    "GET /settings/services": _at("/settings/services"),
    "GET /settings/services/new": _at("/settings/services/new"),
    "GET /settings/services/{service_type_id}": lambda practice: f"/settings/services/{practice.service_type_id}",
}
# Rows that answer GET with no page of their own.
NO_PAGE: Final = frozenset({"GET /", "GET /session", "GET /activity/export"})
