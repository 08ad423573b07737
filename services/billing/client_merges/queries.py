"""Counting what two clients who are one person have in billing."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased

from services.billing.client_accounts.queries import visible_client
from services.billing.invoices.models import Invoice
from services.billing.ledger.models import LedgerRow
from services.billing.payments.models import Payment
from shared.actor import Person
from shared.client_merges import Merge, ensure_two
from shared.database.session import Session

COLLIDES: Final = {"same_appointment": "Both have an invoice for one appointment."}


def preview(session: Session, actor: Person, merge: Merge) -> dict[str, Any]:
    """What would move from one client to the other, and what collides. Amounts are not said.

    Raises `NotFound`, `MergeOfSelf`, `MergeOfArchived`.
    """
    ensure_two(merge, *(visible_client(session, actor, client_id).status for client_id in merge.client_ids))
    here, beside = actor.organization_id, aliased(Invoice)
    moves = {
        name: session.scalars(
            select(func.count()).where(records.organization_id == here, records.client_id == merge.client_id)
        ).one()
        for name, records in (("invoices", Invoice), ("payments", Payment), ("ledger_entries", LedgerRow))
    }
    same_appointment = exists().where(
        Invoice.organization_id == here,
        Invoice.client_id == merge.client_id,
        beside.organization_id == here,
        beside.client_id == merge.into_client_id,
        beside.appointment_id == Invoice.appointment_id,
    )
    return merge.preview(moves, ["same_appointment"] if session.scalar(select(same_appointment)) else [])
