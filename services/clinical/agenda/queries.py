"""Reading appointments: one, the agenda, who is in the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, exists, false, func, literal, or_, select, union_all
from typing_extensions import TypeVarTuple

from services.clinical.agenda import rules
from services.clinical.agenda.models import Appointment, Attendee
from services.clinical.copies.models import ClientCopy
from services.clinical.copies.queries import assigned_to, ensure_not_held, of_family, organization
from shared import audit, clock
from shared.actor import Caller, Person
from shared.database.session import Session
from shared.errors import NotFound
from shared.web.paging import paginate

Columns = TypeVarTuple("Columns")
FIRST_VERSION = 1  # of an appointment that nobody has changed
# What the agenda and the lists of a client and of a group show of an appointment, besides its start.
SHOWN = (
    Appointment.id,
    Appointment.ends_at,
    Appointment.time_zone,
    Appointment.status,
    Appointment.staff_id,
    Appointment.service_type_id,
    Appointment.location_id,
    Appointment.group_id,
    Appointment.telehealth,
    Appointment.overridden,
)


def visible_appointment(
    session: Session, actor: Caller, appointment_id: UUID, *, for_update: bool = False
) -> Appointment:
    """An appointment that the actor may see; raises `NotFound`, with whose it is on record.

    `for_update`: locked, to be changed. Raises `ClientHeld` where it was never changed and its only client is held.
    """
    statement = visible(
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
    if for_update and found.version == FIRST_VERSION and len(found.attendees) == 1:
        # Such a one goes with its client where an import is undone: who touches it first decides.
        ensure_not_held(session, actor, [attendee.client_id for attendee in found.attendees])
    return found


def as_booked() -> ColumnElement[bool]:
    """Whether an appointment's row is as it was when it was booked."""
    return and_(
        Appointment.version == FIRST_VERSION, Appointment.status == "booked", Appointment.status_reason.is_(None)
    )


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


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaQuestion:
    """Which days, from `first` through `last`; whose, where and which: None for all. Without `limit` all at once."""

    first: date
    last: date
    staff_id: UUID | None = None
    staff_ids: Sequence[UUID] | None = None
    location_id: UUID | None = None
    status: Sequence[str] | None = None
    limit: int | None = None
    cursor: str | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """Whose, where and which."""
        found = []
        if self.staff_id is not None:
            found.append(Appointment.staff_id == self.staff_id)
        if self.staff_ids is not None:
            found.append(Appointment.staff_id.in_(self.staff_ids))
        if self.location_id is not None:
            found.append(Appointment.location_id == self.location_id)
        if self.status is not None:
            found.append(Appointment.status.in_(self.status))
        return found


def agenda(session: Session, actor: Caller, question: AgendaQuestion) -> dict[str, Any]:
    """The appointments whose own day lies on the days asked for, each by the clocks of its zone, in order: one page.

    Raises `AgendaTooLong` for more than two months, and without a limit for more than 2,000 appointments. Nothing
    clinical, nothing of money is in it.
    """
    rules.ensure_agenda_span(question.first, question.last)
    somewhere = _starts_in(rules.days_somewhere(question.first, question.last))
    wanted = [Appointment.organization_id == actor.organization_id, *question.conditions(), somewhere]
    zones = session.scalars(select(Appointment.time_zone).distinct().where(*wanted))
    after = question.last + timedelta(days=1)
    own_days = [
        and_(
            Appointment.time_zone == zone,
            _starts_in((clock.midnight(question.first, zone), clock.midnight(after, zone))),
        )
        for zone in zones
    ]
    statement = visible(select(Appointment.starts_at, *SHOWN).where(*wanted, or_(false(), *own_days)), actor)
    page = paginate(
        session,
        statement,
        [Appointment.starts_at, Appointment.id],
        limit=question.limit or rules.AGENDA_ITEMS_MAX,
        cursor=question.cursor,
        scalars=False,
        about=f"{question.first} {question.last}",
    )
    if question.limit is None and page["next_cursor"] is not None:
        detail = f"There are more than {rules.AGENDA_ITEMS_MAX} appointments: ask for fewer days or one clinician."
        raise rules.AgendaTooLong.field("to", rules.AgendaTooLong.code, detail)
    return {**page, "items": items_of(session, actor, page["items"])}


def items_of(session: Session, actor: Caller, rows: Sequence[Row[*tuple[Any, ...]]]) -> list[dict[str, Any]]:
    """What lists show of these appointments, with their clients as far as the actor may know of them."""
    clients = _clients_of(session, actor, [row.id for row in rows])
    return [
        {
            **row._mapping,
            "starts_at_local": clock.utc_to_local(row.starts_at, row.time_zone),
            "clients": [{"id": client_id, "name": name} for client_id, name, _ in clients.get(row.id, ())],
            "documented": rules.documented(note for _, _, note in clients.get(row.id, ())),
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
    """What is in the way of a time, the staff's first: pairs of `staff` or `client` and the appointment's id.

    No appointment is longer than `rules.LONGEST`, which bounds the look into the index.
    """
    taken = and_(
        Appointment.organization_id == organization_id,
        Appointment.status.in_(rules.OCCUPYING),
        Appointment.starts_at > slot.starts_at - rules.LONGEST,
        Appointment.starts_at < slot.ends_at,
        Appointment.ends_at > slot.starts_at,
    )
    by_staff = select(literal("staff"), Appointment.id).where(taken, Appointment.staff_id == slot.staff_id)
    by_client = (
        select(literal("client"), Appointment.id)
        .distinct()
        .join(
            Attendee,
            (Attendee.organization_id == Appointment.organization_id) & (Attendee.appointment_id == Appointment.id),
        )
        .where(
            taken,
            Attendee.organization_id == organization_id,
            of_family(Attendee.client_id, organization_id, slot.client_ids),
            Attendee.takes_time(),
            Attendee.starts_at > slot.starts_at - rules.LONGEST,
            Attendee.starts_at < slot.ends_at,
        )
    )
    found = sorted(session.execute(union_all(by_staff, by_client)), key=lambda clash: (clash[0] != "staff", clash[1]))
    return [(kind, appointment_id) for kind, appointment_id in found if appointment_id != slot.of]


def visible_ids(session: Session, actor: Caller, appointment_ids: Sequence[UUID]) -> set[UUID]:
    """Those of these appointments that the actor may see."""
    statement = select(Appointment.id).where(
        Appointment.organization_id == actor.organization_id, Appointment.id.in_(appointment_ids)
    )
    return set(session.scalars(visible(statement, actor)))


def visible(statement: Select[*Columns], actor: Caller) -> Select[*Columns]:
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
) -> dict[UUID, list[tuple[UUID, str | None, tuple[str | None, int]]]]:
    statement = (
        select(
            Attendee.appointment_id,
            Attendee.client_id,
            ClientCopy.display_name,
            Attendee.status,
            Attendee.documented_version,
        )
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
    found: dict[UUID, list[tuple[UUID, str | None, tuple[str | None, int]]]] = {}
    for appointment_id, client_id, name, status, version in session.execute(statement):
        found.setdefault(appointment_id, []).append((client_id, name, (status, version)))
    return found


def _starts_in(span: tuple[datetime, datetime]) -> ColumnElement[bool]:
    """The condition that an appointment starts from the first instant until just before the second."""
    return and_(Appointment.starts_at >= span[0], Appointment.starts_at < span[1])
