"""Counting what two clients who are one person have in billing."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import func, select

from services.billing.client_accounts.queries import visible_client
from services.billing.client_changes.queries import collision
from services.billing.invoices.models import Invoice
from services.billing.ledger.models import LedgerRow
from services.billing.payments.models import Payment
from shared.actor import Person
from shared.change_codes import SAME_APPOINTMENT
from shared.client_merges import Merge, ensure_two
from shared.database.session import Session

COLLIDES: Final = {SAME_APPOINTMENT: "Both have an invoice or a draft for one appointment."}


def preview(session: Session, actor: Person, merge: Merge) -> dict[str, Any]:
    """What would move from one client to the other, and what collides. Amounts are not said.

    Raises `NotFound`, `MergeOfSelf`, `MergeOfArchived`.
    """
    ends, stays = (visible_client(session, actor, client_id) for client_id in merge.client_ids)
    ensure_two(merge, ends.status, stays.status)
    moves = {
        name: session.scalars(
            select(func.count()).where(
                records.organization_id == actor.organization_id, records.client_id == merge.client_id
            )
        ).one()
        for name, records in (("invoices", Invoice), ("payments", Payment), ("ledger_entries", LedgerRow))
    }
    collides = collision(session, actor.organization_id, *merge.client_ids)
    return merge.preview(moves, [collides] if collides else [])
