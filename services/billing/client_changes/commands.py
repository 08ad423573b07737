"""Answering to a proposed change of clients, and doing what was decided."""

from __future__ import annotations

from sqlalchemy import delete

from services.billing.client_changes.queries import use
from services.billing.copies.models import AssignmentCopy, ClientCopy
from shared import client_changes
from shared.change_codes import USED
from shared.contracts.billing import ChangeAnswered
from shared.contracts.clients import ChangeDecided, ChangeProposed
from shared.database.session import Session
from shared.failpoints import failpoint
from shared.messaging import outbox


def answer(session: Session, event: ChangeProposed) -> None:
    """Tell clients whether the change may be made; if so, the clients are held for it."""
    given = client_changes.answer(session, ClientCopy, event, use)
    if given is None:
        return
    used = given.used_as(USED)
    answered = ChangeAnswered(event.organization_id, event.change_id, 1, given.code, given.held_until, used)
    outbox.add(session, answered)
    failpoint("change.answered")


def settle(session: Session, event: ChangeDecided) -> None:
    """Apply the change, or end the hold. Of a deleted client nothing but the id stays."""
    settled = client_changes.settle(session, ClientCopy, event, use)
    if settled.gone:
        theirs = AssignmentCopy.client_id.in_(settled.gone)
        session.execute(delete(AssignmentCopy).where(AssignmentCopy.organization_id == event.organization_id, theirs))
    failpoint("change.settled")
