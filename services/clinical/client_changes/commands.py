"""Answering to a proposed change of clients, and doing what was decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final
from uuid import UUID

from sqlalchemy import delete, func, select

from services.clinical.agenda.models import Appointment, AppointmentChange, Attendee
from services.clinical.client_changes.queries import collision, use, use_besides
from services.clinical.copies.models import AssignmentCopy, ClientCopy
from services.clinical.open_work_counts.commands import recount
from services.clinical.refiling.commands import refile
from services.clinical.requested_bookings.queries import untouched
from shared import audit, client_changes, logs
from shared.actor import ServiceActor
from shared.change_codes import HAS_APPOINTMENTS, MERGE, UNDO_IMPORT, UNMERGE, USED
from shared.contracts.clients import ChangeDecided, ChangeProposed
from shared.contracts.clinical import ChangeAnswered
from shared.database.session import Session
from shared.failpoints import failpoint
from shared.messaging import outbox
from shared.work_items.commands import Matter, raise_item
from shared.work_items.kinds import Kind

TAKEN_BACK: Final = "appointment_taken_back"  # in the audit trail
STILL_USED: Final = Kind(
    "deleted_client_used",
    "a client who was deleted while something began for them, so that their appointments or cases stayed",
    "client",
    level="administration",
)


def answer(session: Session, event: ChangeProposed) -> None:
    """Tell clients whether the change may be made; if so, the clients are held for it."""
    given = client_changes.answer(session, ClientCopy, event, _use_of(event.kind), collision)
    if given is None:
        return
    used, booked = given.used_as(USED), given.used_as(HAS_APPOINTMENTS)
    answered = ChangeAnswered(event.organization_id, event.change_id, 1, given.code, given.held_until, used, booked)
    outbox.add(session, answered)
    failpoint("change.answered")


def settle(session: Session, event: ChangeDecided) -> None:
    """Apply the change, or end the hold. Of a deleted client nothing but the id stays.

    Of two who are merged, or separate again, the last visit and the open work are counted anew. What lies in a case of
    the other one is filed in a case of its own client, when they separate.
    Who was used after the hold stays here, while clients has forgotten them: a work item has somebody look at it.
    What an undone import booked for a client, and nobody touched, goes with them.
    """
    own: Mapping[UUID, frozenset[UUID]] = {}
    if event.applies and event.kind == UNDO_IMPORT:  # locked before the clients' turns, as who changes them does
        own = untouched(session, event.organization_id, event.client_ids, waits=True)
    settled = client_changes.settle(session, ClientCopy, event, partial(use_besides, own=own))
    if settled.gone:
        _take_back(session, event, {client_id: own[client_id] for client_id in settled.gone if client_id in own})
        theirs = AssignmentCopy.client_id.in_(settled.gone)
        session.execute(delete(AssignmentCopy).where(AssignmentCopy.organization_id == event.organization_id, theirs))
    if event.applies and event.kind == UNMERGE:
        refile(session, ServiceActor(event.organization_id), *event.client_ids)
    if event.applies and event.kind in (MERGE, UNMERGE):
        session.execute(select(func.keep_last_visit(event.organization_id, list(event.client_ids))))
        recount(session, event.organization_id, event.client_ids)
    for client_id in sorted(settled.kept):
        raise_item(session, STILL_USED, Matter(event.organization_id, client_id, client_id=client_id))
    failpoint("change.settled")


def _use_of(kind: str) -> client_changes.Use:
    """What counts as use: for an import that is undone not what it booked itself, unless somebody touches it now."""

    def besides(session: Session, organization_id: UUID, client_ids: Sequence[UUID]) -> Mapping[UUID, str]:
        own = untouched(session, organization_id, client_ids, waits=False)
        return use_besides(session, organization_id, client_ids, own=own)

    return besides if kind == UNDO_IMPORT else use


def _take_back(session: Session, event: ChangeDecided, own: Mapping[UUID, frozenset[UUID]]) -> None:
    """Delete these appointments, by client, with their history: that they were there stays in the audit trail."""
    ids = [appointment_id for theirs in own.values() for appointment_id in theirs]
    if not ids:
        return
    columns = (
        (AppointmentChange, AppointmentChange.appointment_id),
        (Attendee, Attendee.appointment_id),
        (Appointment, Appointment.id),
    )
    for model, column in columns:
        session.execute(delete(model).where(model.organization_id == event.organization_id, column.in_(ids)))
    happened = [
        audit.Happened(appointment_id, client_id, logs.correlation_id.get())
        for client_id, theirs in sorted(own.items())
        for appointment_id in sorted(theirs)
    ]
    details = {"change_id": str(event.change_id), "reason": event.kind}
    audit.record_each(session, ServiceActor(event.organization_id), TAKEN_BACK, happened, details=details)
