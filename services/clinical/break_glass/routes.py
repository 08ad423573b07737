"""The endpoints of emergency access."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.clinical.break_glass import commands, queries
from services.clinical.break_glass.commands import Judgement
from services.clinical.break_glass.schemas import NewOpening, OpeningSchema, OpeningsPage, OpeningsQuery, Review
from services.clinical.record_access.models import Opening
from shared.actor import Person
from shared.database.session import Session
from shared.web.routes import ResponseWith, Route


def post_break_glass(session: Session, actor: Person, client_id: UUID, body: dict[str, str]) -> ResponseWith:
    """Open an unassigned client's record in an emergency

    Opens every case of the client for reading, for the time that the organization allows. Administrators and
    the assigned staff are told by mail, and somebody else reviews it. Asking again while it is open answers
    what is open. Within 24 hours one person opens a record ten times at most, as long as nobody reviews.
    """
    opening, new = commands.open_record(session, actor, client_id, body["reason"])
    return ResponseWith(_shown(session, actor, opening), status=201 if new else 200)


def get_break_glass_openings(session: Session, actor: Person, query: dict[str, Any]) -> dict[str, Any]:
    """List accesses in an emergency, latest first

    Administrators see all of them, everybody else their own and those of clients whom they are assigned to.
    """
    return queries.openings(session, actor, **query)


def get_break_glass_opening(session: Session, actor: Person, opening_id: UUID) -> dict[str, Any]:
    """Read about one access in an emergency

    Shows who opened which record, when, why, and the review.
    """
    return _shown(session, actor, queries.visible_opening(session, actor, opening_id))


def post_break_glass_end(session: Session, actor: Person, opening_id: UUID) -> dict[str, Any]:
    """End an access in an emergency before its time

    The record closes at once. Ending what is over changes nothing.
    """
    return _shown(session, actor, commands.end_access(session, actor, opening_id))


def post_break_glass_review(session: Session, actor: Person, opening_id: UUID, body: Judgement) -> dict[str, Any]:
    """Review somebody else's access in an emergency

    Says whether it was justified. Nobody reviews their own, and a review stands.
    """
    return _shown(session, actor, commands.review(session, actor, opening_id, body))


def _shown(session: Session, actor: Person, opening: Opening) -> dict[str, Any]:
    return queries.as_responses(session, actor, [opening])[0]


_ALL = "/api/v1/break-glass"
_ONE = _ALL + "/{opening_id}"
ROUTES = (
    Route(
        "POST",
        "/api/v1/clients/{client_id}/break-glass",
        "break_glass:open",
        post_break_glass,
        body=NewOpening,
        response=OpeningSchema,
        status=201,
        makes="/api/v1/break-glass/{opening_id}",
        may_exist=True,
        example={"reason": "In crisis on the phone; the assigned clinician is away."},
    ),
    Route(
        "GET",
        _ALL,
        "break_glass:read",
        get_break_glass_openings,
        query=OpeningsQuery,
        response=OpeningsPage,
        audit="break_glass.list",
    ),
    Route("GET", _ONE, "break_glass:read", get_break_glass_opening, response=OpeningSchema, audit="break_glass.read"),
    Route("POST", _ONE + "/end", "break_glass:read", post_break_glass_end, response=OpeningSchema),
    Route(
        "POST",
        _ONE + "/review",
        "break_glass:review",
        post_break_glass_review,
        body=Review,
        response=OpeningSchema,
        example={"outcome": "justified", "comment": "The clinician was on leave."},
    ),
)
