"""Whether a client is used in clinical, and what stands against merging two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import select

from services.clinical.agenda.models import Attendee
from services.clinical.cases.models import Case
from services.clinical.client_merges.queries import collisions
from services.clinical.copies.models import ClientCopy
from services.clinical.groups.models import GroupMember
from shared.change_codes import HAS_APPOINTMENTS, SAME_APPOINTMENT, USED
from shared.client_changes import clients_with
from shared.database.session import Session

# What there may be of a client, and its code; of somebody with several the last one counts.
_LOOKS: Final = ((GroupMember, USED), (Case, USED), (Attendee, HAS_APPOINTMENTS))


def use(session: Session, organization_id: UUID, client_ids: Sequence[UUID]) -> Mapping[UUID, str]:
    """`HAS_APPOINTMENTS` for whom one was ever booked, also if it was cancelled; else `USED` for a case or a group.

    Notes, diagnoses and plans hang on an appointment or a case.
    """
    return {
        client_id: code
        for records, code in _LOOKS
        for client_id in clients_with(session, ClientCopy, records, organization_id, client_ids)
    }


def use_besides(
    session: Session,
    organization_id: UUID,
    client_ids: Sequence[UUID],
    *,
    own: Mapping[UUID, frozenset[UUID]],
) -> Mapping[UUID, str]:
    """The same without `own`: appointments, by client, that are to go with them."""
    found = use(session, organization_id, client_ids)
    if not own:
        return found
    ids = [appointment_id for theirs in own.values() for appointment_id in theirs]
    others = select(Attendee.client_id).where(
        Attendee.organization_id == organization_id,
        Attendee.client_id.in_(own.keys()),
        Attendee.appointment_id.not_in(ids),
    )
    booked = set(session.scalars(others))
    # Who has nothing but those is not used; a case or a group may stand behind them.
    alone = own.keys() - booked
    behind = {
        client_id: code
        for records, code in _LOOKS[:-1]
        for client_id in clients_with(session, ClientCopy, records, organization_id, alone)
    }
    return {client_id: code for client_id, code in found.items() if client_id not in alone} | behind


def collision(session: Session, organization_id: UUID, client_id: UUID, into_client_id: UUID) -> str | None:
    """`SAME_APPOINTMENT` for two who have a place each in one appointment, or in one group at one time."""
    return SAME_APPOINTMENT if collisions(session, organization_id, client_id, into_client_id) else None
