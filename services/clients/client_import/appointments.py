"""The next appointment of a row: what the cell says, whose it is, and asking clinical to book it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Final
from uuid import UUID

from sqlalchemy import select

from services.clients.client_import.columns import NEEDS
from services.clients.client_import.models import ClientImport, ClientImportRow
from services.clients.client_import.rules import (
    ADDED,
    BOOKED,
    NOT_BOOKED,
    NOT_BOOKED_OTHERWISE,
    READY_WITH_PROBLEM,
    REFUSED,
    TO_ADD,
    WAITING,
    WITH_PROBLEM,
)
from services.clients.client_import.therapists import THERAPIST
from services.clients.client_import.values import cell_of, day_of
from services.clients.copies.models import StaffCopy
from services.clients.copies.queries import practice_zone
from shared import clock
from shared.actor import Caller, Person
from shared.contracts.clients import AppointmentRequested
from shared.contracts.clinical import AppointmentAnswered
from shared.database.session import Session
from shared.errors import FieldError, Forbidden, Invalid
from shared.ids import new_id
from shared.messaging import outbox

NEXT: Final = "next_appointment"
CHARACTERS_MAX: Final = 80  # of a day and a time: a longer cell is none
NOTHING: Final = frozenset(
    ("-", "–", "—", "no", "none", "n/a", "na", "tbd", "not scheduled", "none scheduled", "unscheduled")
)
UNREADABLE: Final = FieldError(
    NEXT, "invalid", "Write a day and a time, such as 3/14/2027 2:30 PM. The client is added without the appointment."
)
NO_TIME: Final = FieldError(
    NEXT, "no_time", "Write the time behind the day: 3/14/2027 2:30 PM. The client is added without the appointment."
)
GONE_BY: Final = FieldError(NEXT, "gone_by", "This time has gone by, so no appointment is booked.")
NO_THERAPIST: Final = FieldError(
    NEXT, "no_therapist", "The row assigns no therapist to the client, so no appointment is booked."
)
_WEEKDAY: Final = re.compile(r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,? +", re.IGNORECASE)
_MOMENT: Final = re.compile(
    r"(?P<day>.*?[0-9])(?:T|,? +(?:at +|@ *|- +)?)"
    r"(?P<hour>[0-9]{1,2})(?::(?P<minute>[0-9]{2})(?::[0-9]{2}(?:\.[0-9]{1,9})?)?)? ?(?P<half>[ap]\.?m\.?)?"
    r" ?(?P<offset>Z|[-+][0-9]{2}:?[0-9]{2})?"
    r"(?: ?(?:-|–|to) ?[0-9]{1,2}(?::[0-9]{2}){0,2} ?(?:[ap]\.?m\.?)?)?",
    re.IGNORECASE,
)
NOON: Final = 12


def moment_of(text: str, *, day_first: bool, today: date) -> datetime | date | None:
    """What a cell says: a moment, without a zone unless it names an offset; a day alone; None where it is neither.

    Of a span of time it is the start. Two digits of a year are of this century.

    >>> moment_of("Sun, 3/14/27 at 2:30pm - 3:20pm", day_first=False, today=date(2026, 1, 1))
    datetime.datetime(2027, 3, 14, 14, 30)
    >>> moment_of("2027-03-14T14:30:00Z", day_first=False, today=date(2026, 1, 1)).utcoffset()
    datetime.timedelta(0)
    >>> moment_of("14 Mar 2027", day_first=False, today=date(2026, 1, 1))
    datetime.date(2027, 3, 14)
    """
    text = _WEEKDAY.sub("", " ".join(text.split()), count=1) if len(text) <= CHARACTERS_MAX else ""
    century = date(today.year // 100 * 100 + 99, 12, 31)
    found = _MOMENT.fullmatch(text)
    if found is not None and (found["minute"] or found["half"]):
        day = _day(day_of(found["day"], day_first=day_first, today=century))
        at = _time(int(found["hour"]), int(found["minute"] or 0), (found["half"] or "")[:1].lower())
        return None if day is None or at is None else datetime.combine(day, at, tzinfo=_zone(found["offset"]))
    return _day(day_of(text, day_first=day_first, today=century))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _time(hour: int, minute: int, half: str) -> time | None:
    if half:
        if not 1 <= hour <= NOON:
            return None
        hour = hour % NOON + (NOON if half == "p" else 0)
    try:
        return time(hour, minute)
    except ValueError:
        return None


def _zone(offset: str | None) -> timezone | None:
    if not offset:
        return None
    if offset in "Zz":
        return UTC
    minutes = int(offset[1:3]) * 60 + int(offset[-2:])
    span = timedelta(minutes=minutes) if minutes < 24 * 60 else timedelta()
    return timezone(-span if offset[0] == "-" else span)


@dataclass(frozen=True, slots=True)
class _Practice:
    """What reading the cells of a step needs to know."""

    zone: str
    now: datetime
    alone: UUID | None  # the importer, where they are the practice's only active member of staff

    @classmethod
    def of(cls, session: Session, actor: Caller) -> _Practice:
        staff = StaffCopy.organization_id == actor.organization_id, StaffCopy.active
        active = session.scalars(select(StaffCopy.id).where(*staff).limit(2)).all()
        alone = actor.staff_id if isinstance(actor, Person) and active == [actor.staff_id] else None
        return cls(practice_zone(session, actor), clock.now(), alone)


def settle_appointments(
    session: Session, actor: Caller, imported: ClientImport, rows: Iterable[ClientImportRow]
) -> dict[int, UUID]:
    """Say on each row that can be added when its client comes next, or why nothing is booked; with whom, by its number.

    It comes after `settle_therapists`: the appointment is with the therapist whom the row assigns. Where a row names
    none, it is with the importer if they are the only active member of staff.
    """
    practice: _Practice | None = None
    clinicians: dict[int, UUID] = {}
    for row in rows:
        row.appointment_at = None
        cell = cell_of(imported.positions, row.cells, NEXT)
        if row.result not in TO_ADD or not cell or cell.casefold() in NOTHING:
            continue
        practice = practice or _Practice.of(session, actor)
        named = bool(cell_of(imported.positions, row.cells, THERAPIST))
        staff_id = row.staff_id or (None if named else practice.alone)
        meant = _meant(actor, cell, NEXT in imported.day_first, practice)
        problem = NO_THERAPIST if isinstance(meant, datetime) and staff_id is None else meant
        if isinstance(problem, datetime) and staff_id is not None:
            row.appointment_at, clinicians[row.number] = problem, staff_id
        elif isinstance(problem, FieldError):
            row.result, row.errors = READY_WITH_PROBLEM, [*(row.errors or ()), _shown(problem)]
    return clinicians


def _meant(actor: Caller, cell: str, day_first: bool, practice: _Practice) -> datetime | FieldError:
    """The instant that a cell means, or what is wrong with it."""
    if not actor.may(NEEDS[NEXT]):
        refusal = Forbidden.without(NEEDS[NEXT])
        return FieldError(NEXT, refusal.code, refusal.detail)
    found = moment_of(cell, day_first=day_first, today=clock.today(practice.zone))
    if not isinstance(found, datetime):
        return UNREADABLE if found is None else NO_TIME
    try:
        instant = found if found.tzinfo else clock.local_to_utc(found, practice.zone, NEXT)
    except Invalid as error:
        return error.errors[0]
    return instant if instant > practice.now else GONE_BY


def request_bookings(
    session: Session,
    actor: Caller,
    imported: ClientImport,
    rows: Iterable[ClientImportRow],
    clinicians: Mapping[int, UUID],
) -> None:
    """Ask clinical to book what these rows say, once their clients are added. `clinicians`: by the row's number."""
    by_person, zone = isinstance(actor, Person), practice_zone(session, actor)
    for row in rows:
        if row.client_id is None or row.appointment_at is None or row.number not in clinicians:
            continue
        row.booking = WAITING
        outbox.add(
            session,
            AppointmentRequested(
                organization_id=actor.organization_id,
                request_id=new_id(),
                version=1,
                import_id=imported.id,
                row=row.number,
                client_id=row.client_id,
                staff_id=clinicians[row.number],
                starts_at=row.appointment_at,
                time_zone=zone,
                service_type_id=imported.appointment_service_id,
                by_staff_id=actor.actor_id if by_person else None,
                by_program_id=None if by_person else actor.actor_id,
            ),
        )


def keep_answer(session: Session, event: AppointmentAnswered) -> None:
    """Keep what clinical says of an appointment that a row asked for. What was taken back meanwhile stays so."""
    key = (event.organization_id, event.import_id, event.row)
    row = session.get(ClientImportRow, key, with_for_update=True)
    if row is None or row.booking != WAITING or row.client_id != event.client_id:
        return
    row.booking, row.appointment_id = (REFUSED, None) if event.code else (BOOKED, event.appointment_id)
    if event.code and row.result in ADDED:
        problem = FieldError(NEXT, event.code, NOT_BOOKED.get(event.code, NOT_BOOKED_OTHERWISE))
        row.result, row.errors = WITH_PROBLEM, [*(row.errors or ()), _shown(problem)]


def _shown(error: FieldError) -> dict[str, str]:
    return {"field": error.field, "code": error.code, "detail": error.detail}
