"""Reading openings: one's own that is open now, what nobody has reviewed, lists for reviewers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select

from services.clinical.break_glass.rules import WITHIN, is_own, why_not_to_review
from services.clinical.copies.models import StaffCopy
from services.clinical.copies.queries import assigned_to
from services.clinical.record_access.models import Opening
from shared import audit, clock
from shared.actor import Person
from shared.database.session import Session
from shared.errors import NotFound, Refusal
from shared.web.paging import paginate


def open_now(session: Session, actor: Person) -> Opening | None:
    """What the actor has open; at most one, see `break_glass.commands.open_record`."""
    statement = select(Opening).where(
        Opening.organization_id == actor.organization_id,
        Opening.staff_id == actor.staff_id,
        Opening.ends_at > clock.now(),
    )
    return session.scalars(statement).first()


def unreviewed(session: Session, actor: Person, family: Sequence[UUID]) -> list[tuple[datetime, datetime]]:
    """From when until when the actor had this client open within the last day, so far as nobody has reviewed it."""
    statement = select(Opening.opened_at, Opening.ends_at).where(
        Opening.organization_id == actor.organization_id,
        Opening.staff_id == actor.staff_id,
        Opening.client_id.in_(family),
        Opening.ends_at > clock.now() - WITHIN,
        Opening.reviewed_at.is_(None),
    )
    return [(begin, end) for begin, end in session.execute(statement)]


def vouched_for(session: Session, actor: Person, brought_in_by: Collection[UUID]) -> bool:
    """Whether each who invited the actor, or changed their address before they joined, sees every case anyway."""
    statement = select(StaffCopy.id).where(
        StaffCopy.organization_id == actor.organization_id,
        StaffCopy.id.in_(brought_in_by),
        StaffCopy.levels.contains(["organization_administration"]),
    )
    return set(session.scalars(statement)) == set(brought_in_by)


def visible_opening(session: Session, actor: Person, opening_id: UUID, *, for_update: bool = False) -> Opening:
    """An opening that the actor may know of; raises `NotFound`."""
    statement = _visible(actor).where(Opening.id == opening_id)
    found = session.scalars(statement.with_for_update(of=Opening) if for_update else statement).first()
    if found is None:
        whose = select(Opening.client_id).where(
            Opening.organization_id == actor.organization_id, Opening.id == opening_id
        )
        audit.describe(session, client_id=session.scalar(whose))
        raise NotFound()
    rule = "opener" if found.staff_id == actor.staff_id else "level" if actor.may("break_glass:review") else "assigned"
    audit.describe(session, object_id=found.id, client_id=found.client_id, rule=rule)
    return found


def refusals_of_review(session: Session, actor: Person, openings: Sequence[Opening]) -> dict[UUID, Refusal | None]:
    """By the id of each opening: what a review by the actor would be refused with, or None."""
    brought_in = select(StaffCopy.id, StaffCopy.brought_in_by).where(
        StaffCopy.organization_id == actor.organization_id, StaffCopy.id.in_({opening.staff_id for opening in openings})
    )
    inviters = dict(session.execute(brought_in).all())
    return {
        opening.id: why_not_to_review(
            own=is_own(actor.restrictions, actor.staff_id, opening.staff_id, inviters.get(opening.staff_id, ())),
            open_still=opening.is_open,
            reviewed=opening.reviewed_at is not None,
        )
        for opening in openings
    }


def as_responses(session: Session, actor: Person, openings: Sequence[Opening]) -> list[dict[str, Any]]:
    """What the API shows of openings, with whether the actor may review each."""
    refusals = refusals_of_review(session, actor, openings) if actor.may("break_glass:review") else None
    return [
        {
            **{name: getattr(opening, name) for name in _PLAIN},
            "reviewable": refusals is not None and refusals[opening.id] is None,
        }
        for opening in openings
    ]


_PLAIN = (
    "id",
    "client_id",
    "staff_id",
    "reason",
    "opened_at",
    "ends_at",
    "is_open",
    "reviewed_at",
    "reviewed_by",
    "outcome",
    "comment",
)


def openings(session: Session, actor: Person, state: str, limit: int, cursor: str | None) -> dict[str, Any]:
    """One page of the openings that the actor may know of, latest first."""
    statement = _visible(actor)
    if state == "open":
        statement = statement.where(Opening.ends_at > clock.now())
    elif state == "to_review":
        statement = statement.where(Opening.reviewed_at.is_(None))
    page = paginate(session, statement, [Opening.id], limit=limit, cursor=cursor, descending=True)
    return {**page, "items": as_responses(session, actor, page["items"])}


def _visible(actor: Person) -> Select[Opening]:
    """Reviewers see every one; everybody else their own, and those of clients they are assigned to."""
    statement = select(Opening).where(Opening.organization_id == actor.organization_id)
    if actor.may("break_glass:review"):
        return statement
    return statement.where(or_(Opening.staff_id == actor.staff_id, assigned_to(actor, Opening.client_id)))
