"""Reading what is due, and a client's ledger."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from services.billing.client_accounts.models import ClientAccount
from services.billing.client_accounts.queries import visible_client
from services.billing.ledger import rules
from services.billing.ledger.models import LedgerRow, Posting
from shared.actor import Caller
from shared.database.session import Session
from shared.web.paging import paginate


def client_ledger(session: Session, actor: Caller, client_id: UUID, query: dict[str, Any]) -> dict[str, Any]:
    """A client's totals and a page of their ledger, in the order of posting; raises `NotFound`.

    Served by the primary key of `ledger_rows`: every page costs the same, however long the ledger is.
    """
    visible_client(session, actor, client_id)
    account = session.get(ClientAccount, (actor.organization_id, client_id))
    page = paginate(
        session,
        select(LedgerRow).where(LedgerRow.organization_id == actor.organization_id, LedgerRow.client_id == client_id),
        [LedgerRow.sequence],
        limit=query["limit"],
        cursor=query["cursor"],
        descending=query["order"] == "newest",
    )
    return {
        "balance_cents": account.balance_cents if account else 0,
        "credit_cents": account.credit_cents if account else 0,
        "insurance_due_cents": account.insurance_due_cents if account else 0,
        "entries": _with_documents(session, actor, page["items"]),
        "next_cursor": page["next_cursor"],
    }


def _with_documents(session: Session, actor: Caller, rows: Sequence[LedgerRow]) -> list[dict[str, Any]]:
    """The rows, each with the invoice or the payment that it is about, by the entry's postings."""
    about: dict[UUID, dict[str, UUID | None]] = {}
    statement = select(Posting.entry_id, Posting.invoice_id, Posting.payment_id).where(
        Posting.organization_id == actor.organization_id, Posting.entry_id.in_([row.entry_id for row in rows])
    )
    for entry_id, invoice_id, payment_id in session.execute(statement):
        known = about.setdefault(entry_id, {"invoice_id": None, "payment_id": None})
        known["invoice_id"] = known["invoice_id"] or invoice_id
        known["payment_id"] = known["payment_id"] or payment_id
    names = ("on", "kind", "description", "amount_cents", "balance_after_cents")
    return [{**{name: getattr(row, name) for name in names}, **about[row.entry_id]} for row in rows]


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
