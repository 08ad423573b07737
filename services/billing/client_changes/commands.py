"""Answering to a proposed change of clients, and doing what was decided."""

from __future__ import annotations

from sqlalchemy import delete

from services.billing.client_accounts.commands import lock_known_accounts
from services.billing.client_changes.queries import collision, use
from services.billing.copies.models import AssignmentCopy, ClientCopy
from shared import client_changes
from shared.change_codes import MERGE, UNMERGE, USED
from shared.contracts.billing import ChangeAnswered
from shared.contracts.clients import ChangeDecided, ChangeProposed
from shared.database.session import Session, take_turns
from shared.failpoints import failpoint
from shared.messaging import outbox


def answer(session: Session, event: ChangeProposed) -> None:
    """Tell clients whether the change may be made; if so, the clients are held for it."""
    given = client_changes.answer(session, ClientCopy, event, use, collision)
    if given is None:
        return
    used = given.used_as(USED)
    answered = ChangeAnswered(event.organization_id, event.change_id, 1, given.code, given.held_until, used)
    outbox.add(session, answered)
    failpoint("change.answered")


def settle(session: Session, event: ChangeDecided) -> None:
    """Apply the change, or end the hold. Of a deleted client nothing but the id stays.

    Who belongs together changes under the locks of both accounts, so that money that is moved knows one or the other.
    """
    if event.kind in (MERGE, UNMERGE):
        take_turns(session, *map(client_changes.client_turn, event.client_ids))
        lock_known_accounts(session, event.organization_id, event.client_ids)
    settled = client_changes.settle(session, ClientCopy, event, use)
    if settled.gone:
        theirs = AssignmentCopy.client_id.in_(settled.gone)
        session.execute(delete(AssignmentCopy).where(AssignmentCopy.organization_id == event.organization_id, theirs))
    failpoint("change.settled")
