"""Answering to a proposed change of clients, and doing what was decided."""

from __future__ import annotations

from sqlalchemy import delete

from services.clinical.client_changes.queries import use
from services.clinical.copies.models import AssignmentCopy, ClientCopy
from shared import client_changes
from shared.contracts.clients import ChangeDecided, ChangeProposed
from shared.contracts.clinical import ChangeAnswered
from shared.database.session import Session
from shared.failpoints import failpoint
from shared.messaging import outbox


def answer(session: Session, event: ChangeProposed) -> None:
    """Tell clients whether the change may be made; if so, the clients are held for it."""
    given = client_changes.answer(session, ClientCopy, event, use)
    if given is None:
        return
    outbox.add(session, ChangeAnswered(event.organization_id, event.change_id, 1, given.code, given.held_until))
    failpoint("change.answered")


def settle(session: Session, event: ChangeDecided) -> None:
    """Apply the change, or end the hold. Of a deleted client nothing but the id stays."""
    if client_changes.settle(session, ClientCopy, event, use):
        theirs = AssignmentCopy.client_id.in_(event.client_ids)
        session.execute(delete(AssignmentCopy).where(AssignmentCopy.organization_id == event.organization_id, theirs))
    failpoint("change.settled")
