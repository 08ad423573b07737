"""What one client may be to another, as each of the two sees it. Pure."""

from __future__ import annotations

from typing import Final

from shared.errors import Conflict

RELATED_MAX: Final = 30  # of one client

# What the related client is to the client -> what the client is to them.
INVERSE: Final = {
    "partner": "partner",
    "parent": "child",
    "child": "parent",
    "guardian": "ward",
    "ward": "guardian",
    "sibling": "sibling",
    "household": "member",
    "member": "household",
    "other": "other",
}


class SameClient(Conflict):
    """A client would be related to themselves."""

    code = "same_client"
    detail = "This is the client themselves. Choose somebody else."


class TooManyRelated(Conflict):
    """The list of one client is full."""

    code = "too_many_related"
    detail = f"A client has at most {RELATED_MAX} related clients. Remove one first."


def ensure_room(related: int) -> None:
    """Raises `TooManyRelated` where a client has so many already."""
    if related >= RELATED_MAX:
        raise TooManyRelated()
