"""Reading what is due, by the postings."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select

from services.billing.ledger import rules
from services.billing.ledger.models import Posting
from shared.actor import Caller
from shared.database.session import Session


def due_by_line(session: Session, actor: Caller, invoice_id: UUID) -> dict[UUID, int]:
    """Cents that the client still owes on each line of an invoice, lines in the order they were issued."""
    rows = session.execute(
        select(Posting.line_id, func.sum(Posting.amount_cents))
        .where(
            Posting.organization_id == actor.organization_id,
            Posting.invoice_id == invoice_id,
            Posting.account == rules.AR_CLIENT,
        )
        .group_by(Posting.line_id)
        .order_by(Posting.line_id)
    )
    return {line_id: int(cents) for line_id, cents in rows if line_id is not None}


def totals_of_invoice(session: Session, actor: Caller, invoice_id: UUID) -> rules.Movement:
    """What is still due on an invoice from the client and from insurers, and what is written off, by the postings."""
    rows = session.execute(
        select(Posting.account, func.sum(Posting.amount_cents))
        .where(Posting.organization_id == actor.organization_id, Posting.invoice_id == invoice_id)
        .group_by(Posting.account)
    )
    return rules.movement(rules.Leg(account, int(cents)) for account, cents in rows)


def legs_of(session: Session, actor: Caller, entry_id: UUID) -> list[rules.Leg]:
    """The legs of an entry, in their order."""
    rows = session.scalars(
        select(Posting)
        .where(Posting.organization_id == actor.organization_id, Posting.entry_id == entry_id)
        .order_by(Posting.leg)
    )
    return [rules.Leg(row.account, row.amount_cents, row.invoice_id, row.line_id, row.payment_id) for row in rows]
