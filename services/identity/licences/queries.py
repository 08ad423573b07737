"""Reading licences."""

from __future__ import annotations

from uuid import UUID

from services.identity.staff.models import Licence
from services.identity.staff.queries import one_member
from shared.actor import Caller
from shared.database.session import Session
from shared.errors import Forbidden, NotFound


def licences_of(session: Session, actor: Caller, staff_id: UUID) -> list[Licence]:
    """The licences of a member, for those who manage staff and for the person. Raises `NotFound`, `Forbidden`."""
    member = one_member(session, actor, staff_id)
    if member.id != actor.actor_id and not actor.may("staff:update"):
        raise Forbidden.without("staff:update")
    return member.licences


def one_licence(session: Session, actor: Caller, staff_id: UUID, licence_id: UUID) -> Licence:
    """A licence of a member, for those who manage staff and for the person. Raises `NotFound`, `Forbidden`."""
    found = next((licence for licence in licences_of(session, actor, staff_id) if licence.id == licence_id), None)
    if found is None:
        raise NotFound()
    return found
