"""Booking what clients asked for: each appointment in a transaction of its own, by the rules of booking by hand.

A request is claimed in one transaction and booked in the next, which also writes the answer: who is killed between the
two is followed by another process once the lease is over, and nobody books twice.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, select, update

from services.clinical.agenda.commands import Booking, book_appointment
from services.clinical.copies.models import ServiceTypeCopy
from services.clinical.copies.queries import as_person, known_staff, organization
from services.clinical.requested_bookings.models import RequestedBooking
from shared import audit, clock, logs
from shared.actor import Caller, Person, Program
from shared.back_off import seconds_before_retry
from shared.client_changes import ClientHeld
from shared.contracts.clients import AppointmentRequested
from shared.contracts.clinical import AppointmentAnswered
from shared.database.claim_loop import Channel, ClaimLoop
from shared.database.glance import finds
from shared.database.session import Database, Session, set_tenant
from shared.errors import Forbidden, Invalid, Refusal, Unavailable
from shared.failpoints import failpoint
from shared.messaging import outbox

POLL_SECONDS: Final = 2.0  # behind NOTIFY: leases that are over, requests that are tried again
LEASE: Final = timedelta(seconds=30)
ATTEMPTS_MAX: Final = 12  # a minute of holds and more; then it is refused
AGAIN_SECONDS: Final = (1.0, 20.0)
NEEDS: Final = "appointments:create"
BOOKED: Final = "post_appointment"  # in the audit trail it has the name that it has by hand
GAVE_UP: Final = "not_booked"
_ANY_DUE: Final = "SELECT FROM requested_bookings WHERE answered_at IS NULL AND next_try_at <= %s LIMIT 1"


class LeaseLost(Exception):
    """Booking outlasted its lease: another process has the request now, or has answered it."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A request that this process is to book, for the `attempts`th time."""

    organization_id: UUID
    id: UUID
    attempts: int

    @property
    def conditions(self) -> tuple[ColumnElement[bool], ...]:
        """That the request waits, and is still this process's."""
        return (
            RequestedBooking.organization_id == self.organization_id,
            RequestedBooking.id == self.id,
            RequestedBooking.attempts == self.attempts,
            RequestedBooking.answered_at.is_(None),
        )


def keep_request(session: Session, event: AppointmentRequested) -> None:
    """Write down what clients asks for; the worker books it in a moment."""
    session.add(
        RequestedBooking(
            organization_id=event.organization_id,
            id=event.request_id,
            import_id=event.import_id,
            row=event.row,
            client_id=event.client_id,
            staff_id=event.staff_id,
            service_type_id=event.service_type_id,
            starts_at=event.starts_at,
            time_zone=event.time_zone,
            by_staff_id=event.by_staff_id,
            by_program_id=event.by_program_id,
            next_try_at=clock.now(),
        )
    )


class BookingDesk:
    """The worker's part that books what was asked for, one after the other."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def run(self, stop: threading.Event) -> None:
        """Until `stop` is set."""
        ClaimLoop(
            "clinical",
            "requested_bookings",
            is_due=lambda: finds(self._database, _ANY_DUE, clock.now()),
            claim_some=self.book_one,
            seconds=lambda: POLL_SECONDS,
            channel=Channel(self._database.url, RequestedBooking.__tablename__),
        ).run(stop)

    def book_one(self) -> int:
        """Book the request that has been due for longest, or say why not; returns how many there were, 0 or 1."""
        claimed = self._database.run(_claim)
        if claimed is None:
            return 0
        try:
            self._database.run(lambda session: _book(session, claimed), claimed.organization_id)
        except LeaseLost:
            logs.get().warning("requested_booking_lost", request_id=str(claimed.id))
        except (Unavailable, ClientHeld) as error:
            self._put_off(claimed, error)
        except Refusal as refusal:
            self._refuse(claimed, refusal)
        except Exception as error:
            self._put_off(claimed, error)
        return 1

    def _refuse(self, claimed: Claimed, refusal: Refusal) -> None:
        """Say why it is not booked; because of who asks, it is on record."""
        code = refusal.errors[0].code if refusal.errors else refusal.code

        def work(session: Session) -> None:
            request = _answer(session, claimed, code=code)
            clients, details = [request.client_id], {"request_id": str(request.id)}
            audit.record_refusal(session, _starter(request), BOOKED, refusal, client_ids=clients, details=details)

        self._database.run(work, claimed.organization_id)

    def _put_off(self, claimed: Claimed, error: Exception) -> None:
        logs.get().warning("requested_booking_failed", request_id=str(claimed.id), error=error)
        if claimed.attempts >= ATTEMPTS_MAX:
            self._database.run(lambda session: _answer(session, claimed, code=GAVE_UP), claimed.organization_id)
            return
        later = clock.now() + timedelta(seconds=seconds_before_retry(claimed.attempts, *AGAIN_SECONDS))
        again = update(RequestedBooking).where(*claimed.conditions).values(next_try_at=later)
        self._database.run(lambda session: session.execute(again), claimed.organization_id)


def _claim(session: Session) -> Claimed | None:
    """The worker sees every organization's requests."""
    now = clock.now()
    due = (
        select(RequestedBooking.organization_id, RequestedBooking.id, RequestedBooking.attempts)
        .where(RequestedBooking.answered_at.is_(None), RequestedBooking.next_try_at <= now)
        .order_by(RequestedBooking.next_try_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    found = session.execute(due).first()
    if found is None:
        return None
    set_tenant(session, found.organization_id)
    claimed = Claimed(found.organization_id, found.id, found.attempts)
    session.execute(
        update(RequestedBooking)
        .where(*claimed.conditions)
        .values(attempts=claimed.attempts + 1, next_try_at=now + LEASE)
        .execution_options(synchronize_session=False)
    )
    return Claimed(claimed.organization_id, claimed.id, claimed.attempts + 1)


def _book(session: Session, claimed: Claimed) -> None:
    """As who imports would by hand. What may have to be waited for comes before the locks."""
    request = session.scalars(select(RequestedBooking).where(*claimed.conditions)).first()
    if request is None:
        raise LeaseLost()
    actor = _actor(session, request)
    booking = Booking(
        client_ids=[request.client_id],
        staff_id=request.staff_id,
        service_type_id=request.service_type_id or _only_service(session, request.organization_id),
        starts_at_local=clock.utc_to_local(request.starts_at, request.time_zone),
        time_zone=request.time_zone,
    )
    appointment, _ = book_appointment(session, actor, booking)
    audit.record(
        session,
        actor,
        BOOKED,
        object_id=appointment.id,
        client_id=request.client_id,
        rule="level",
        details={"request_id": str(request.id)},
    )
    _answer(session, claimed, appointment_id=appointment.id)


def _answer(
    session: Session, claimed: Claimed, *, appointment_id: UUID | None = None, code: str | None = None
) -> RequestedBooking:
    """Tell clients what became of a request, in the transaction in which it did. Raises `LeaseLost`."""
    wanted = select(RequestedBooking).where(*claimed.conditions).with_for_update()
    request = session.scalars(wanted.execution_options(populate_existing=True)).first()
    if request is None:
        raise LeaseLost()
    request.answered_at, request.appointment_id, request.code = clock.now(), appointment_id, code
    session.flush()
    outbox.add(
        session,
        AppointmentAnswered(
            organization_id=request.organization_id,
            request_id=request.id,
            version=1,
            import_id=request.import_id,
            row=request.row,
            client_id=request.client_id,
            appointment_id=appointment_id,
            code=code,
        ),
    )
    failpoint("booking.answered")
    return request


def _actor(session: Session, request: RequestedBooking) -> Caller:
    """Who imports, with the rights that they have now. Raises `Forbidden` without the one to book."""
    actor = _starter(request)
    if isinstance(actor, Person):
        practice = organization(session, actor)
        staff = known_staff(session, actor, actor.staff_id)
        if not staff.active:
            raise Forbidden.without(NEEDS)
        actor = as_person(staff, practice)
    actor.require(NEEDS)
    return actor


def _starter(request: RequestedBooking) -> Caller:
    """Who imports. What a program may do is known to clients, which asks for it: only this."""
    if request.by_program_id is not None:
        return Program(request.organization_id, request.by_program_id, frozenset({NEEDS}))
    assert request.by_staff_id is not None, "a constraint of the table"
    return Person(request.organization_id, request.by_staff_id)


def _only_service(session: Session, organization_id: UUID) -> UUID:
    """The service that a practice offers, where it is one alone. Raises `Invalid` otherwise."""
    own = ServiceTypeCopy.organization_id == organization_id, ServiceTypeCopy.active
    found = session.scalars(select(ServiceTypeCopy.id).where(*own).limit(2)).all()
    if len(found) != 1:
        code = "service_not_chosen" if found else "no_service"
        raise Invalid.field("service_type_id", code, "Say which service it is.")
    return found[0]
