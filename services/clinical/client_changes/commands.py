"""Answering to a proposed change of clients, and doing what was decided."""

from __future__ import annotations

from typing import Final

from sqlalchemy import delete, func, select

from services.clinical.client_changes.queries import collision, use
from services.clinical.copies.models import AssignmentCopy, ClientCopy
from services.clinical.open_work_counts.commands import recount
from services.clinical.refiling.commands import refile
from shared import client_changes
from shared.actor import ServiceActor
from shared.change_codes import HAS_APPOINTMENTS, MERGE, UNMERGE, USED
from shared.contracts.clients import ChangeDecided, ChangeProposed
from shared.contracts.clinical import ChangeAnswered
from shared.database.session import Session
from shared.failpoints import failpoint
from shared.messaging import outbox
from shared.work_items.commands import Matter, raise_item
from shared.work_items.kinds import Kind

STILL_USED: Final = Kind(
    "deleted_client_used",
    "a client who was deleted while something began for them, so that their appointments or cases stayed",
    "client",
    level="administration",
)


def answer(session: Session, event: ChangeProposed) -> None:
    """Tell clients whether the change may be made; if so, the clients are held for it."""
    given = client_changes.answer(session, ClientCopy, event, use, collision)
    if given is None:
        return
    used, booked = given.used_as(USED), given.used_as(HAS_APPOINTMENTS)
    answered = ChangeAnswered(event.organization_id, event.change_id, 1, given.code, given.held_until, used, booked)
    outbox.add(session, answered)
    failpoint("change.answered")


def settle(session: Session, event: ChangeDecided) -> None:
    """Apply the change, or end the hold. Of a deleted client nothing but the id stays.

    Of two who are merged, or separate again, the last visit and the open work are counted anew. What lies in a case of
    the other one is filed in a case of its own client, when they separate.
    Who was used after the hold stays here, while clients has forgotten them: a work item has somebody look at it.
    """
    settled = client_changes.settle(session, ClientCopy, event, use)
    if settled.gone:
        theirs = AssignmentCopy.client_id.in_(settled.gone)
        session.execute(delete(AssignmentCopy).where(AssignmentCopy.organization_id == event.organization_id, theirs))
    if event.applies and event.kind == UNMERGE:
        refile(session, ServiceActor(event.organization_id), *event.client_ids)
    if event.applies and event.kind in (MERGE, UNMERGE):
        session.execute(select(func.keep_last_visit(event.organization_id, list(event.client_ids))))
        recount(session, event.organization_id, event.client_ids)
    for client_id in sorted(settled.kept):
        raise_item(session, STILL_USED, Matter(event.organization_id, client_id, client_id=client_id))
    failpoint("change.settled")
