"""Handing appointments over, and having those looked at that stay behind."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select

from services.clinical.agenda import rules
from services.clinical.agenda.commands import record_change, second_guard, take_slot
from services.clinical.agenda.given_sessions import may_pass_to
from services.clinical.agenda.models import Appointment
from shared import audit
from shared.actor import ServiceActor
from shared.database.session import Session
from shared.work_items.commands import Matter, raise_item, settle
from shared.work_items.kinds import Kind

LEFT_BEHIND: Final = Kind(
    "appointment_left_behind",
    "a coming appointment of somebody who left, for which the successor is busy",
    "appointment",
    level="administration",
)


def hand_over_appointments(
    session: Session, actor: ServiceActor, staff_id: UUID, successor_id: UUID, at: datetime
) -> None:
    """Coming appointments of somebody who left become the successor's; where the successor is busy, they stay.

    So do those that began once, and were moved since, where the successor would sign past a supervisor.

    None is moved in time and none cancelled: what stays is listed as open work, and becomes a work item.
    """
    statement = (
        select(Appointment)
        .where(
            Appointment.organization_id == actor.organization_id,
            Appointment.staff_id == staff_id,
            Appointment.starts_at > at,
            Appointment.status.in_(rules.OCCUPYING),
        )
        .order_by(Appointment.starts_at, Appointment.id)
        .with_for_update(of=Appointment)
    )
    for appointment in session.scalars(statement).all():
        if not may_pass_to(session, appointment, successor_id):
            _raise_left_behind(session, appointment)
            continue
        slot = rules.Slot(successor_id, (), appointment.starts_at, appointment.ends_at, appointment.id)
        try:
            take_slot(session, actor, slot, appointment.overrode or ())
            with second_guard(session, actor, slot):
                appointment.staff_id = successor_id
                appointment.version += 1
        except rules.SlotTaken:
            _raise_left_behind(session, appointment)
            continue
        settle_left_behind(session, appointment)
        record_change(session, actor, appointment, changes={"staff_id": str(successor_id)})
        audit.record(
            session,
            actor,
            "hand_over_appointment",
            object_id=appointment.id,
            client_ids=[attendee.client_id for attendee in appointment.attendees],
            details={"before": str(staff_id), "after": str(successor_id)},
        )


def settle_left_behind(session: Session, appointment: Appointment) -> None:
    """Somebody gives the appointment now, or it does not take place."""
    settle(session, LEFT_BEHIND, appointment.organization_id, [appointment.id])


def _raise_left_behind(session: Session, appointment: Appointment) -> None:
    clients = [attendee.client_id for attendee in appointment.attendees]
    matter = Matter(
        appointment.organization_id,
        appointment.id,
        client_id=clients[0] if len(clients) == 1 else None,
        due_on=appointment.starts_at_local.date(),
    )
    raise_item(session, LEFT_BEHIND, matter, again=True)
