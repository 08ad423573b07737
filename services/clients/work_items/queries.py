"""Which kinds of work items there are here."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from services.clients.bulk_assignments.commands import REFUSED
from services.clients.copies.queries import known_staff
from services.clients.profiles.queries import assigned_to_actor
from shared.actor import Person
from shared.database.session import Session
from shared.work_items.kinds import Host


def member(session: Session, actor: Person, staff_id: UUID) -> Person | None:
    """A member of staff; None for somebody deactivated. Raises `NotFound`.

    Clients does not know their levels. Its kinds are notices, which are given to nobody else.
    """
    staff = known_staff(session, actor, staff_id)
    return Person(staff.organization_id, staff.id) if staff.active else None


HOST: Final = Host("clients", (REFUSED,), assigned_to_actor, member)
