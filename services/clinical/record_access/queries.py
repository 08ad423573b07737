"""The condition under which an opening shows a record. It is for reading: no command asks it."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, false
from sqlalchemy.orm.attributes import InstrumentedAttribute

from services.clinical.copies.queries import assigned_to
from services.clinical.record_access.models import Opening
from shared import clock
from shared.actor import Caller


def opened_by(actor: Caller, client_id: InstrumentedAttribute[UUID]) -> ColumnElement[bool]:
    """The condition that the actor has broken the glass for the client in that column, and that it still holds.

    Narrowed meanwhile, it holds for assigned clients alone, also where the event that says so has not come.
    """
    if not actor.emergency_access:
        return false()
    held = exists().where(
        Opening.organization_id == actor.organization_id,
        Opening.staff_id == actor.staff_id,
        Opening.client_id == client_id,
        Opening.ends_at > clock.now(),
    )
    return and_(held, assigned_to(actor, client_id)) if actor.sees_assigned_only else held
