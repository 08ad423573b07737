"""Reading appointments: one, the agenda, who is in the way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select, true
from typing_extensions import TypeVarTuple

from services.clinical.agenda import rules
from services.clinical.agenda.models import Appointment, Attendee
from services.clinical.copies.models import ClientCopy
from services.clinical.copies.queries import assigned_to, organization
from shared import audit, clock
from shared.actor import Caller, Person
from shared.database.session import Session
from shared.errors import NotFound

Columns = TypeVarTuple("Columns")


def visible_appointment(
    session: Session, actor: Caller, appointment_id: UUID, *, for_update: bool = False
) -> Appointment:
    """An appointment that the actor may see; raises `NotFound`, with whose it is on record."""
    statement = _visible(
        select(Appointment).where(
            Appointment.organization_id == actor.organization_id, Appointment.id == appointment_id
        ),
        actor,
    )
    found = session.scalars(statement.with_for_update(of=Appointment) if for_update else statement).first()
    if found is None:
        whose = select(Attendee.client_id).where(
            Attendee.organization_id == actor.organization_id, Attendee.appointment_id == appointment_id
        )
        audit.describe(session, client_ids=session.scalars(whose.order_by(Attendee.client_id)))
        raise NotFound()
    return found


def shown_attendees(session: Session, actor: Caller, appointment: Appointment) -> list[Attendee]:
    """Who of those it is booked for the actor may know of: who else is in a group is nobody's business."""
    if not actor.sees_assigned_only:
        return list(appointment.attendees)
    statement = select(Attendee).where(
        Attendee.organization_id == actor.organization_id,
        Attendee.appointment_id == appointment.id,
        assigned_to(actor, Attendee.client_id),
    )
    return list(session.scalars(statement.order_by(Attendee.client_id)))


def agenda(session: Session, actor: Caller, first: date, last: date, staff_id: UUID | None) -> list[dict[str, Any]]:
    """The appointments whose own day lies from `first` through `last`, each by the clocks of its zone, in order.

    Raises `AgendaTooLong` for more than two months or 2,000 appointments. Nothing clinical, nothing of money is in it.
    """
    rules.ensure_agenda_span(first, last)
    here, somewhere = Appointment.organization_id == actor.organization_id, rules.days_somewhere(first, last)
    narrowed = true() if staff_id is None else Appointment.staff_id == staff_id
    zones = session.scalars(select(Appointment.time_zone).distinct().where(here, narrowed, _starts_in(somewhere)))
    own_days = [
        and_(Appointment.time_zone == zone, _starts_in((clock.midnight(first, zone), clock.midnight(after, zone))))
        for zone in zones
        for after in [last + timedelta(days=1)]
    ]
    statement = _visible(
        select(
            Appointment.id,
            Appointment.starts_at,
            Appointment.ends_at,
            Appointment.time_zone,
            Appointment.status,
            Appointment.staff_id,
            Appointment.service_type_id,
            Appointment.location_id,
            Appointment.telehealth,
            Appointment.overridden,
        )
        .where(here, narrowed, _starts_in(somewhere), or_(false(), *own_days))
        .order_by(Appointment.starts_at, Appointment.id)
        .limit(rules.AGENDA_ITEMS_MAX + 1),
        actor,
    )
    rows = session.execute(statement).all()
    if len(rows) > rules.AGENDA_ITEMS_MAX:
        detail = f"There are more than {rules.AGENDA_ITEMS_MAX} appointments: ask for fewer days or one clinician."
        raise rules.AgendaTooLong.field("to", rules.AgendaTooLong.code, detail)
    clients = _clients_of(session, actor, [row.id for row in rows])
    return [
        {
            **row._mapping,
            "starts_at_local": clock.utc_to_local(row.starts_at, row.time_zone),
            "clients": [{"id": client_id, "name": name} for client_id, name, _ in clients.get(row.id, ())],
            "documented": bool(clients.get(row.id)) and all(done for _, _, done in clients[row.id]),
        }
        for row in rows
    ]


def time_zone_change(session: Session, actor: Person, time_zone: str) -> dict[str, Any]:
    """What a change of the organization's zone to `time_zone` would leave alone: coming appointments in other zones."""
    statement = select(func.count()).where(
        Appointment.organization_id == actor.organization_id,
        Appointment.starts_at >= clock.now(),
        Appointment.status.in_(rules.OCCUPYING),
        Appointment.time_zone != time_zone,
    )
    before = organization(session, actor).time_zone
    return {"time_zone": time_zone, "before": before, "kept": session.scalar(statement)}


def clashes(session: Session, organization_id: UUID, slot: rules.Slot) -> list[tuple[str, UUID]]:
    """What is in the way of a time: pairs of `staff` or `client` and the appointment's id.

    No appointment is longer than `rules.LONGEST`, which bounds the look into the index.
    """
    taken = and_(
        Appointment.organization_id == organization_id,
        Appointment.status.in_(rules.OCCUPYING),
        Appointment.starts_at > slot.starts_at - rules.LONGEST,
        Appointment.starts_at < slot.ends_at,
        Appointment.ends_at > slot.starts_at,
    )
    by_staff = select(Appointment.id).where(taken, Appointment.staff_id == slot.staff_id)
    by_client = (
        select(Appointment.id)
        .join(
            Attendee,
            (Attendee.organization_id == Appointment.organization_id) & (Attendee.appointment_id == Appointment.id),
        )
        .where(
            taken,
            Attendee.organization_id == organization_id,
            Attendee.client_id.in_(slot.client_ids),
            Attendee.starts_at > slot.starts_at - rules.LONGEST,
            Attendee.starts_at < slot.ends_at,
        )
    )
    found = [("staff", one) for one in session.scalars(by_staff)]
    found += [("client", one) for one in session.scalars(by_client.distinct())]
    return [(kind, one) for kind, one in found if one != slot.of]


def visible_ids(session: Session, actor: Caller, appointment_ids: Sequence[UUID]) -> set[UUID]:
    """Those of these appointments that the actor may see."""
    statement = select(Appointment.id).where(
        Appointment.organization_id == actor.organization_id, Appointment.id.in_(appointment_ids)
    )
    return set(session.scalars(_visible(statement, actor)))


def _visible(statement: Select[*Columns], actor: Caller) -> Select[*Columns]:
    """Narrowed to appointments with an assigned client, for those who see only these."""
    if not actor.sees_assigned_only:
        return statement
    return statement.where(
        exists().where(
            Attendee.organization_id == Appointment.organization_id,
            Attendee.appointment_id == Appointment.id,
            assigned_to(actor, Attendee.client_id),
        )
    )


def _clients_of(
    session: Session, actor: Caller, appointment_ids: list[UUID]
) -> dict[UUID, list[tuple[UUID, str | None, bool]]]:
    statement = (
        select(Attendee.appointment_id, Attendee.client_id, ClientCopy.display_name, Attendee.documented_version)
        .join(
            ClientCopy,
            (ClientCopy.organization_id == Attendee.organization_id) & (ClientCopy.id == Attendee.client_id),
            isouter=True,
        )
        .where(Attendee.organization_id == actor.organization_id, Attendee.appointment_id.in_(appointment_ids))
        .order_by(Attendee.client_id)
    )
    if actor.sees_assigned_only:
        statement = statement.where(assigned_to(actor, Attendee.client_id))
    found: dict[UUID, list[tuple[UUID, str | None, bool]]] = {}
    for appointment_id, client_id, name, version in session.execute(statement):
        found.setdefault(appointment_id, []).append((client_id, name, version > 0))
    return found


def _starts_in(span: tuple[datetime, datetime]) -> ColumnElement[bool]:
    """The condition that an appointment starts from the first instant until just before the second."""
    return and_(Appointment.starts_at >= span[0], Appointment.starts_at < span[1])
