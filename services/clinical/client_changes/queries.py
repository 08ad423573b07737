"""Whether a client is used in clinical."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from services.clinical.agenda.models import Attendee
from services.clinical.cases.models import Case
from services.clinical.groups.models import GroupMember
from shared.change_codes import HAS_APPOINTMENTS, USED
from shared.database.session import Session


def use(session: Session, organization_id: UUID, client_ids: Sequence[UUID]) -> str | None:
    """`HAS_APPOINTMENTS` where one was ever booked, also if it was cancelled; `USED` for a case or a group; else None.

    Notes, diagnoses and plans hang on an appointment or a case. Each look reads one row of an index.
    """
    for model, code in ((Attendee, HAS_APPOINTMENTS), (Case, USED), (GroupMember, USED)):
        theirs = model.organization_id == organization_id, model.client_id.in_(client_ids)
        if session.execute(select(model.client_id).where(*theirs).limit(1)).first() is not None:
            return code
    return None
