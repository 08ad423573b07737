"""Who supervises whom, and what follows for a service that passes to somebody else."""

from __future__ import annotations

from uuid import UUID

from services.clinical.copies.models import StaffCopy
from services.clinical.last_word.rules import REVIEWING_MODES, Supervision, keeps_the_last_word
from shared.database.session import Session


def supervision_of(session: Session, organization_id: UUID, staff_id: UUID) -> Supervision | None:
    """Who approves or co-signs what a member of staff signs; None where nobody does, as far as has arrived."""
    staff = session.get(StaffCopy, (organization_id, staff_id))
    session.keep(staff)  # under whose name is signed is asked next
    if staff is None or staff.supervisor_id is None or staff.supervision_mode not in REVIEWING_MODES:
        return None
    return Supervision(staff.supervisor_id, staff.supervision_mode)


def last_word_stays(session: Session, organization_id: UUID, clinician_id: UUID, staff_id: UUID) -> bool:
    """Whether the supervisor of a clinician still decides once `staff_id` has what the clinician gave or wrote.

    So it is while that supervisor is away or has left, until somebody else supervises the clinician.
    """
    if clinician_id == staff_id:
        return True
    supervision = supervision_of(session, organization_id, clinician_id)
    return keeps_the_last_word(staff_id, supervision, supervision_of(session, organization_id, staff_id))
