"""How each page is reached: every row that answers GET has one visit, and a test holds the two together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tests.browser.visits import agenda, billing, clients, documentation, practice
from tests.browser.visits.ways import Way, at

# Before sign-in.
PUBLIC: Final[Mapping[str, Way]] = {
    "GET /sign-in": at("/sign-in"),
    "GET /sign-up": at("/sign-up"),
    "GET /confirm": at("/confirm#token=of-a-mail"),
    "GET /join": at("/join#token=of-a-mail"),
    "GET /password-reset": at("/password-reset"),
    "GET /email-change": at("/email-change"),
}
# Of somebody signed in: the owner, who sees all there is.
SIGNED_IN: Final[Mapping[str, Way]] = {
    **practice.PRACTICE,
    **agenda.AGENDA,
    **clients.CLIENTS,
    **documentation.DOCUMENTATION,
    **billing.BILLING,
}
# Rows that answer GET with no page of their own.
NO_PAGE: Final = (
    frozenset(
        {"GET /", "GET /bell", "GET /session", "GET /session/token", "GET /activity/export", "GET /settings/logo"}
    )
    | agenda.PARTS
    | clients.PARTS
    | clients.FILES
    | documentation.PARTS
    | billing.PARTS
)
