"""Breaking the glass, ending it, and judging it afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import func, select, update

from services.clinical.break_glass import rules
from services.clinical.break_glass.queries import (
    open_now,
    refusals_of_review,
    unreviewed,
    visible_opening,
    vouched_for,
)
from services.clinical.cases.models import Case
from services.clinical.cases.queries import case_visible
from services.clinical.copies.models import AssignmentCopy, OrganizationCopy, StaffCopy
from services.clinical.copies.queries import known_client, known_staff, organization
from services.clinical.record_access.models import Opening
from shared import audit, clock
from shared.actor import Person
from shared.contracts.clinical import BreakGlassOpened
from shared.database.session import Session
from shared.ids import new_id
from shared.messaging import outbox
from shared.work_items.commands import Matter, raise_item, settle
from shared.work_items.kinds import Kind

TO_REVIEW: Final = Kind(
    "emergency_access",
    "an access in an emergency that somebody is to review",
    "break_glass_opening",
    level="administration",
    by_hand=False,
)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a reviewer found: whether an opening was right, and why."""

    outcome: str
    comment: str


def open_record(session: Session, actor: Person, client_id: UUID, reason: str) -> tuple[Opening, bool]:
    """Open every case of one client for reading, for the organization's time; administrators and the assigned hear.

    Returns the opening, and whether it is new: asking again answers what is open. Raises `NotFound` for a client whom
    the actor may not know of, and the refusals of `rules.ensure_may_open` and `rules.time_left`.
    """
    family = known_client(session, actor, client_id).family
    known_staff(session, actor, actor.staff_id)
    organization(session, actor)  # these may wait for their events, so they come before the locks
    # One at a time also when two requests come at once: they queue at the person's row.
    key = (actor.organization_id, actor.staff_id)
    opener = session.get_one(StaffCopy, key, with_for_update=True)
    audit.describe(session, client_id=client_id, rule="break_glass")
    present = open_now(session, actor)
    if present is not None and present.client_id in family:
        return present, False
    # Held until this is committed: a person who turns emergency access off waits, and then ends this one too.
    practice = session.get_one(OrganizationCopy, actor.organization_id, with_for_update={"read": True})
    rules.ensure_may_open(
        enabled=practice.break_glass_enabled and actor.emergency_access,
        levels=actor.levels,
        vouched_for=not practice.restricts_administration or vouched_for(session, actor, opener.brought_in_by),
        hidden_cases=_hidden_cases(session, actor, family),
        elsewhere=present is not None,
    )
    now = clock.now()
    lasts = rules.time_left(practice.break_glass_minutes, unreviewed(session, actor, family), now)
    opening = Opening(
        organization_id=actor.organization_id,
        id=new_id(),
        client_id=client_id,
        staff_id=actor.staff_id,
        reason=reason,
        opened_at=now,
        ends_at=now + lasts,
    )
    session.add(opening)
    session.flush()
    outbox.add(
        session,
        BreakGlassOpened(
            organization_id=actor.organization_id,
            opening_id=opening.id,
            version=1,
            client_id=client_id,
            staff_id=actor.staff_id,
            ends_at=opening.ends_at,
            assigned_staff_ids=_assigned(session, actor, client_id),
        ),
    )
    due_on = clock.today(practice.time_zone) + rules.REVIEWED_WITHIN
    raise_item(session, TO_REVIEW, Matter(actor.organization_id, opening.id, client_id, due_on))
    audit.describe(session, object_id=opening.id, minutes=lasts // timedelta(minutes=1))
    return opening, True


def end_access(session: Session, actor: Person, opening_id: UUID) -> Opening:
    """End an access before its time: one's own, or as a reviewer anybody's. Over already: nothing changes."""
    opening = visible_opening(session, actor, opening_id, for_update=True)
    if opening.staff_id != actor.staff_id:
        actor.require("break_glass:review")
    opening.ends_at = min(opening.ends_at, clock.now())
    return opening


def review(session: Session, actor: Person, opening_id: UUID, judgement: Judgement) -> Opening:
    """Say whether it was right. Raises what `rules.why_not_to_review` says."""
    opening = visible_opening(session, actor, opening_id, for_update=True)
    refusal = refusals_of_review(session, actor, [opening])[opening.id]
    if refusal is not None:
        raise refusal
    opening.reviewed_at, opening.reviewed_by = clock.now(), actor.staff_id
    opening.outcome, opening.comment = judgement.outcome, judgement.comment
    settle(session, TO_REVIEW, actor.organization_id, [opening_id])
    audit.describe(session, outcome=judgement.outcome)
    return opening


def end_all(
    session: Session, organization_id: UUID, staff_id: UUID | None = None, *, opened_before: datetime | None = None
) -> None:
    """End what is open, because the organization or this member of staff has lost the right to it.

    `opened_before`: when the right was lost, where it has come back since; what was opened later stays.
    """
    now = clock.now()
    statement = update(Opening).where(Opening.organization_id == organization_id, Opening.ends_at > now)
    if staff_id is not None:
        statement = statement.where(Opening.staff_id == staff_id)
    if opened_before is not None:
        statement = statement.where(Opening.opened_at <= opened_before)
    session.execute(statement.values(ends_at=now))


def _hidden_cases(session: Session, actor: Person, family: Sequence[UUID]) -> int:
    statement = select(func.count()).where(
        Case.organization_id == actor.organization_id, Case.client_id.in_(family), ~case_visible(actor)
    )
    return session.scalar(statement) or 0


def _assigned(session: Session, actor: Person, client_id: UUID) -> tuple[UUID, ...]:
    statement = (
        select(AssignmentCopy.staff_id)
        .where(
            AssignmentCopy.organization_id == actor.organization_id,
            AssignmentCopy.client_id == client_id,
            AssignmentCopy.active,
            AssignmentCopy.staff_id != actor.staff_id,
        )
        .order_by(AssignmentCopy.staff_id)
        .limit(rules.ALERTED_MAX)
    )
    return tuple(session.scalars(statement))
