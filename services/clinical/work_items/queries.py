"""Which kinds of work items there are here, and who somebody is who is to have one."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from services.clinical.break_glass.commands import TO_REVIEW
from services.clinical.client_changes.commands import STILL_USED
from services.clinical.copies.queries import as_person, assigned_to, family_of, known_staff, organization
from services.clinical.hand_over.commands import LEFT_BEHIND
from services.clinical.notes.queries import ORPHAN
from services.clinical.refiling.commands import CONTINUED
from shared.actor import Person
from shared.database.session import Session
from shared.work_items.kinds import Host


def member(session: Session, actor: Person, staff_id: UUID) -> Person | None:
    """A member of staff with their rights; None for somebody deactivated. Raises `Hidden`."""
    staff = known_staff(session, actor, staff_id, "assignee_id")
    return as_person(staff, organization(session, actor)) if staff.active else None


HOST: Final = Host("clinical", (TO_REVIEW, LEFT_BEHIND, ORPHAN, STILL_USED, CONTINUED), assigned_to, member, family_of)
