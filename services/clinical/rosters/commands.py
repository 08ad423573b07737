"""Booking an appointment, also for a group."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from services.clinical.agenda.commands import Booking, book_appointment
from services.clinical.agenda.models import Appointment
from services.clinical.groups.models import Group
from services.clinical.groups.queries import leads, visible_group
from services.clinical.groups.rules import SESSIONS_MAX, ColleaguesGroup, GroupArchived
from services.clinical.groups.sessions import coming_sessions, who_comes
from services.clinical.rosters import rules
from shared.actor import Caller
from shared.database.session import Session
from shared.errors import Hidden, NotFound


def book(session: Session, actor: Caller, booking: Booking) -> tuple[Appointment, list[UUID]]:
    """Book as `book_appointment` does; with `group_id` for everybody who belongs to the group on that day.

    Raises besides `ColleaguesGroup`, `GroupArchived`, `NobodyComes`, `GroupChanged`, `TooManySessions`.
    """
    if booking.group_id is None:
        return book_appointment(session, actor, booking)
    group_id, day = booking.group_id, booking.starts_at_local.date()
    group = _bookable(session, actor, group_id)
    clients = who_comes(session, group, day)
    if not clients:
        raise rules.NobodyComes.field("group_id", rules.NobodyComes.code, rules.NobodyComes.detail)

    def lock() -> None:
        """From here on nobody joins or leaves before this is booked."""
        held = _bookable(session, actor, group_id, for_update=True)
        if who_comes(session, held, day) != clients:
            raise rules.GroupChanged()
        if len(coming_sessions(session, held)) >= SESSIONS_MAX:
            raise rules.TooManySessions()

    return book_appointment(session, actor, replace(booking, client_ids=clients), lock)


def _bookable(session: Session, actor: Caller, group_id: UUID, *, for_update: bool = False) -> Group:
    try:
        group = visible_group(session, actor, group_id, for_update=for_update)
    except NotFound as error:
        raise Hidden.field("group_id", "unknown", "There is no such group.") from error
    if not leads(actor, group):
        raise ColleaguesGroup()
    if group.archived:
        raise GroupArchived()
    return group
