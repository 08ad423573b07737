"""Looking copies up, with a moment's patience for young ids."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from services.clients.copies.models import StaffCopy
from shared.actor import Actor
from shared.arrival import arrived


def known_staff(session: Session, actor: Actor, staff_id: UUID) -> StaffCopy:
    """A member of staff; raises `NotFound`, or `NotArrivedYet` for one invited a moment ago."""
    return arrived(lambda: session.get(StaffCopy, (actor.organization_id, staff_id)), staff_id, actor.organization_id)
