"""Who comes to a session of a group: attendance and note of each, and until when it follows the group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from gateway.web import text
from gateway.web.agenda.cards import EXPECTED, NOBODY, STATUSES
from gateway.web.page import ApiResponse, Page, Question

ROSTER: Final = "GET /appointments/{appointment_id}/roster"
WRITTEN: Final = EXPECTED | {"arrived"}  # of these somebody writes a note


@dataclass(frozen=True, slots=True)
class Member:
    """One client of a session. `word`: words and kind of the chip; `note`: what the button says, empty for none."""

    id: str
    name: str
    status: str
    word: tuple[str, str]
    documented: bool
    note: str


@dataclass(frozen=True, slots=True)
class Roster:
    """Everybody who comes, as far as the person may know of them. `frozen`: since when it stays as it is, or empty."""

    members: Sequence[Member]
    frozen: str


def question(appointment_id: str) -> Question:
    """What the panel asks of a session of a group."""
    return Question(ROSTER, {"appointment_id": appointment_id})


def roster_of(reply: ApiResponse, zone: str, now: datetime, *, writes: bool) -> Roster | None:
    """The roster; None where it could not be had. `writes`: whether the person writes notes about this session now."""
    if not reply.ok:
        return None
    members = [_member(member, writes=writes) for member in reply.value["members"]]
    return Roster(members, text.moment(reply.value["frozen_at"], zone, now))


def member_of(page: Page, appointment_id: str, client_id: str) -> Mapping[str, Any]:
    """One client of a session as they are now. Raises `Problem`; empty for somebody who is not on it."""
    found = page.need(ROSTER, appointment_id=appointment_id)["members"]
    return next((member for member in found if member["client_id"] == client_id), {})


def _member(member: Mapping[str, Any], *, writes: bool) -> Member:
    written = member["note_id"] is not None or member["documented"]
    note = "Open note" if written else "Write note"
    return Member(
        id=member["client_id"],
        name=member["name"] or NOBODY,
        status=member["status"],
        word=STATUSES[member["status"]],
        documented=member["documented"],
        note=note if writes and member["status"] in WRITTEN else "",
    )
