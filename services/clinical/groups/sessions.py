"""The coming sessions of a group, which follow who belongs to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased

from services.clinical.agenda.commands import record_change
from services.clinical.agenda.models import Appointment, Attendee
from services.clinical.agenda.queries import clashes, visible_ids
from services.clinical.agenda.rules import OCCUPYING, Slot, slot_taken
from services.clinical.attendance.commands import restate
from services.clinical.cases.queries import only_open_case
from services.clinical.copies.models import ClientCopy
from services.clinical.groups.models import Group
from services.clinical.groups.queries import roster_of
from services.clinical.groups.rules import SESSIONS_MAX, Membership
from services.clinical.notes.models import Note
from services.clinical.notes.queries import is_kept
from shared import clock
from shared.actor import Caller
from shared.database.session import Session


def who_comes(session: Session, group: Group, day: date) -> list[UUID]:
    """Who belongs to a group on a day and is still a client of the practice, for commands.

    For a member who was merged the client comes who has taken them over.
    """
    members = roster_of(session, group, day)
    stays = aliased(ClientCopy)
    here = (
        select(ClientCopy.id, stays.id)
        .join(
            stays,
            (stays.organization_id == ClientCopy.organization_id)
            & (stays.id == func.coalesce(ClientCopy.merged_into, ClientCopy.id)),
        )
        .where(
            ClientCopy.organization_id == group.organization_id,
            ClientCopy.id.in_(members),
            stays.status.in_(("active", "prospective")),
        )
    )
    clients = dict(session.execute(here).tuples().all())
    return list(dict.fromkeys(clients[client_id] for client_id in members if client_id in clients))


def coming_sessions(session: Session, group: Group, *, for_update: bool = False) -> Sequence[Appointment]:
    """The first `SESSIONS_MAX` appointments of a group that have not begun and that no note is about, in their order.

    The caller holds the group's lock. `for_update` locks them too, always in the same order.
    """
    statement = (
        select(Appointment)
        .where(
            Appointment.organization_id == group.organization_id,
            Appointment.group_id == group.id,
            Appointment.starts_at > clock.now(),
            ~exists().where(
                Note.organization_id == Appointment.organization_id,
                Note.appointment_id == Appointment.id,
                is_kept(),
            ),
        )
        .order_by(Appointment.starts_at, Appointment.id)
        .limit(SESSIONS_MAX)
    )
    return session.scalars(statement.with_for_update(of=Appointment) if for_update else statement).all()


def follow(
    session: Session,
    actor: Caller,
    family: Sequence[UUID],
    memberships: Sequence[Membership],
    sessions: Sequence[Appointment],
) -> None:
    """Have the sessions follow what a client's memberships are now. The client's turn and the sessions are held.

    `family`: the ids of the client, their own first.

    Who called off stays on a session that they leave: that they did is on record. Raises `SlotTaken` where the client
    is busy at a session that they join.
    """
    theirs = [each for each in memberships if each.client_id in family]
    busy: list[tuple[str, UUID]] = []
    for appointment in sessions:
        own = next((each for each in appointment.attendees if each.client_id in family), None)
        belongs = any(each.covers(appointment.service_date) for each in theirs)
        if belongs and own is None:
            busy += _join(session, actor, appointment, family[0])
        elif not belongs and own is not None and (own.status is None or own.status in OCCUPYING):
            session.delete(own)
            appointment.attendees.remove(own)
            _changed(session, actor, appointment, own.client_id, attending="no")
    if busy:
        shown = visible_ids(session, actor, [appointment_id for _, appointment_id in busy])
        raise slot_taken(list(dict.fromkeys(busy)), shown)


def _join(session: Session, actor: Caller, appointment: Appointment, client_id: UUID) -> list[tuple[str, UUID]]:
    """What is in the way of the client's joining a session; they join it where nothing is."""
    if appointment.status in OCCUPYING:
        slot = Slot(appointment.staff_id, (client_id,), *appointment.span, appointment.id)
        found = clashes(session, appointment.organization_id, slot)
        if busy := [(kind, clash) for kind, clash in found if kind == "client"]:
            return busy
    case = only_open_case(session, appointment.organization_id, client_id)
    joining = Attendee(
        organization_id=appointment.organization_id,
        appointment_id=appointment.id,
        client_id=client_id,
        case_id=case.id if case else None,
        starts_at=appointment.starts_at,
    )
    appointment.attendees.append(joining)
    _changed(session, actor, appointment, client_id, attending="yes")
    return []


def _changed(session: Session, actor: Caller, appointment: Appointment, client_id: UUID, **changes: Any) -> None:
    restate(appointment)
    appointment.version += 1
    record_change(session, actor, appointment, client_id=client_id, changes=changes)
    session.flush()
