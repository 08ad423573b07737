"""The condition under which an opening shows a record. It is for reading: no command asks it."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, select
from sqlalchemy.orm.attributes import InstrumentedAttribute

from services.clinical.copies.models import ClientCopy
from services.clinical.copies.queries import assigned_to
from services.clinical.record_access.models import Opening
from shared import clock
from shared.actor import Caller
from shared.client_families import in_families


def opened_by(actor: Caller, client_id: InstrumentedAttribute[UUID]) -> ColumnElement[bool]:
    """The condition that the actor has broken the glass for the client in that column, and that it still holds.

    It holds for everybody who is merged with the client whom they opened.

    Narrowed meanwhile, it holds for assigned clients alone, also where the event that says so has not come.
    """
    if not actor.emergency_access:
        return false()
    opened = select(Opening.client_id).where(
        Opening.organization_id == actor.organization_id,
        Opening.staff_id == actor.staff_id,
        Opening.ends_at > clock.now(),
    )
    held = in_families(client_id, ClientCopy, actor.organization_id, opened)
    return and_(held, assigned_to(actor, client_id)) if actor.sees_assigned_only else held
