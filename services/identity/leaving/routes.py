"""The endpoints of leaving and coming back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.identity.leaving import commands
from services.identity.leaving.commands import Departure
from services.identity.leaving.schemas import Deactivation, HandOver, Leaving
from services.identity.staff.models import Staff
from services.identity.staff.queries import one_member
from services.identity.staff.schemas import MemberSchema
from shared.actor import Person
from shared.database.session import Session
from shared.web.routes import Route


def post_deactivation(session: Session, actor: Person, staff_id: UUID, body: Departure) -> Staff:
    """Deactivate a member of staff

    Signs the member out everywhere at once and voids their open invitation; nothing is deleted. With a
    successor, clients, open cases and coming appointments go to that member.
    """
    return commands.deactivate(session, actor, staff_id, body)


def post_hand_over(session: Session, actor: Person, staff_id: UUID, body: dict[str, Any]) -> Staff:
    """Let somebody take over the work of a member who left

    Moves clients, open cases and coming appointments to a successor. What cannot be moved is listed as open
    work, and can be handed over again.
    """
    return commands.hand_over(session, actor, staff_id, body["successor_id"])


def post_reactivation(session: Session, actor: Person, staff_id: UUID, body: dict[str, Any]) -> Staff:
    """Take a member of staff back

    Restores the levels and grants that the member had. Earlier sessions stay ended. A member whose supervisor has
    left, or signs no notes now, gets another supervisor first.
    """
    return commands.reactivate(session, actor, staff_id, body["reason"])


_ONE = "/api/v1/staff/{staff_id}"
ROUTES = (
    Route(
        "POST",
        _ONE + "/deactivate",
        "staff:update",
        post_deactivation,
        body=Leaving,
        response=MemberSchema,
        changes=one_member,
        example={"reason": "Moved to another practice."},
    ),
    Route(
        "POST",
        _ONE + "/hand-over",
        "staff:update",
        post_hand_over,
        body=HandOver,
        response=MemberSchema,
        changes=one_member,
        example={"successor_id": "{staff_id}"},
    ),
    Route(
        "POST",
        _ONE + "/reactivate",
        "staff:update",
        post_reactivation,
        body=Deactivation,
        response=MemberSchema,
        changes=one_member,
        example={"reason": "Back from leave."},
    ),
)
