"""Counting what two clients who are one person have in clinical."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from services.clinical.agenda.models import Attendee
from services.clinical.cases.models import Case
from services.clinical.copies.models import ClientCopy
from services.clinical.copies.queries import known_client
from services.clinical.groups.models import GroupMember
from shared import audit
from shared.actor import Person
from shared.client_families import family
from shared.client_merges import Merge, ensure_two
from shared.database.session import Session

COLLIDES: Final = {
    "same_appointment": "Both are booked for one appointment, or were.",
    "same_group": "Both belong to one group at the same time, or did.",
}


def preview(session: Session, actor: Person, merge: Merge) -> dict[str, Any]:
    """What would move from one client to the other, and what collides.

    Notes, diagnoses and plans hang on a case or an appointment, and are not counted: who may merge need not know of
    them. Raises `NotFound`, `MergeOfSelf`, `MergeOfArchived`.
    """
    ensure_two(merge, *(known_client(session, actor, client_id).status for client_id in merge.client_ids))
    audit.describe(session, client_ids=merge.client_ids)
    here = actor.organization_id
    moves = {
        "cases": _count(session, here, merge, Case.organization_id, Case.client_id),
        "appointments": _count(session, here, merge, Attendee.organization_id, Attendee.client_id),
        "group_memberships": _count(session, here, merge, GroupMember.organization_id, GroupMember.client_id),
    }
    return merge.preview(moves, collisions(session, here, *merge.client_ids))


def collisions(session: Session, organization_id: UUID, client_id: UUID, into_client_id: UUID) -> list[str]:
    """The codes of what one person has once, and these two, with whom the second has taken over, have twice."""
    members = family(session, ClientCopy, organization_id, into_client_id)
    found = _collisions(organization_id, client_id, members)
    return [code for code, twice in found if session.scalar(select(twice))]


def _count(
    session: Session,
    here: UUID,
    merge: Merge,
    organization_id: InstrumentedAttribute[UUID],
    client_id: InstrumentedAttribute[UUID],
) -> int:
    found = select(func.count()).where(organization_id == here, client_id == merge.client_id)
    return session.scalars(found).one()


def _collisions(here: UUID, client_id: UUID, members: tuple[UUID, ...]) -> tuple[tuple[str, ColumnElement[bool]], ...]:
    beside, member = aliased(Attendee), aliased(GroupMember)
    same_appointment = exists().where(
        Attendee.organization_id == here,
        Attendee.client_id == client_id,
        beside.organization_id == here,
        beside.client_id.in_(members),
        beside.appointment_id == Attendee.appointment_id,
    )
    same_group = exists().where(
        GroupMember.organization_id == here,
        GroupMember.client_id == client_id,
        member.organization_id == here,
        member.client_id.in_(members),
        member.group_id == GroupMember.group_id,
        or_(GroupMember.last_day.is_(None), member.first_day <= GroupMember.last_day),
        or_(member.last_day.is_(None), GroupMember.first_day <= member.last_day),
    )
    return ("same_appointment", same_appointment), ("same_group", same_group)
