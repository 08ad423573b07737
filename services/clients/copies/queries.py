"""Looking copies up, with a moment's patience for young ids."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from services.clients.copies.models import OrganizationCopy, StaffCopy
from shared import clock
from shared.actor import Caller
from shared.database.read_your_writes import arrived
from shared.database.session import Session
from shared.errors import Hidden


def known_staff(session: Session, actor: Caller, staff_id: UUID) -> StaffCopy:
    """A member of staff; raises `NotFound`, or `NotArrivedYet` for one invited a moment ago."""
    return arrived(
        session, lambda: session.get(StaffCopy, (actor.organization_id, staff_id)), staff_id, actor.organization_id
    )


def wished_staff(session: Session, actor: Caller, staff_id: UUID, field: str) -> StaffCopy:
    """A member of staff whom a body names in that field; raises `Hidden` (`unknown`), or `NotArrivedYet`."""
    return arrived(
        session,
        lambda: session.get(StaffCopy, (actor.organization_id, staff_id)),
        staff_id,
        actor.organization_id,
        missing=Hidden.field(field, "unknown", "There is no such member of staff."),
    )


def practice_today(session: Session, actor: Caller) -> date:
    """Today on the practice's wall calendar; UTC's while its event is still under way."""
    return clock.today(practice_zone(session, actor))


def practice_zone(session: Session, actor: Caller) -> str:
    """The practice's time zone; UTC while its event is still under way."""
    practice = session.get(OrganizationCopy, actor.organization_id)
    return practice.time_zone if practice else "UTC"
