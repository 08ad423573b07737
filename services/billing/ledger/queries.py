"""Reading what is due, and a client's ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import ColumnElement, false, func, literal, not_, select, tuple_

from services.billing.client_accounts.models import ClientAccount
from services.billing.client_accounts.queries import visible_client
from services.billing.copies.models import ClientCopy, OrganizationCopy
from services.billing.copies.queries import practice_today
from services.billing.ledger import rules
from services.billing.ledger.models import LedgerRow, Posting
from shared.actor import Caller
from shared.database.session import Session
from shared.database.together import read_together
from shared.web.paging import paginate

OfClient: TypeAlias = tuple[ColumnElement[bool], ...]  # which narrows a statement to the rows of a client


def client_ledger(session: Session, actor: Caller, client_id: UUID, query: dict[str, Any]) -> dict[str, Any]:
    """A client's totals and a page of their ledger; raises `NotFound`, and `Invalid` for days the wrong way round.

    The whole ledger is served by the primary key of `ledger_rows`: every page costs the same, however long it is. Of
    some days or kinds, balances are worked out anew by day, for a payment is on the day it was received: all of that is
    read from `ix_ledger_rows_day`.
    """
    key = (actor.organization_id, client_id)
    read_together(session, {ClientCopy: key, ClientAccount: key, OrganizationCopy: actor.organization_id})
    visible_client(session, actor, client_id)
    rules.ensure_in_order(query["first"], query["last"])
    window = rules.Window(query["first"], query["last"], query["kind"])
    account = session.get(ClientAccount, key)
    balance = account.balance_cents if account else 0
    of_client = (LedgerRow.organization_id == actor.organization_id, LedgerRow.client_id == client_id)
    page = paginate(
        session,
        select(LedgerRow).where(*of_client, *_chosen(window)),
        [LedgerRow.sequence] if window.is_whole else [LedgerRow.on, LedgerRow.sequence],
        limit=query["limit"],
        cursor=query["cursor"],
        descending=query["order"] == "newest",
        about="" if window.is_whole else f"{window.first} {window.last} {window.kinds}",
    )
    sums = {"opening_balance_cents": 0, "closing_balance_cents": balance, "other_kinds_cents": 0}
    balances = {row.sequence: row.balance_after_cents for row in page["items"]}
    if not window.is_whole:
        sums = _sums(session, of_client, window)
        balances = _balances_by_day(session, of_client, page["items"])
    return {
        "balance_cents": balance,
        "credit_cents": account.credit_cents if account else 0,
        "insurance_due_cents": account.insurance_due_cents if account else 0,
        "paid_this_year_cents": _paid_in(session, of_client, practice_today(session, actor).year),
        **sums,
        "entries": _with_documents(session, actor, page["items"], balances),
        "next_cursor": page["next_cursor"],
    }


def _chosen(window: rules.Window) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if window.first is not None:
        conditions.append(LedgerRow.on >= window.first)
    if window.last is not None:
        conditions.append(LedgerRow.on <= window.last)
    if window.kinds is not None:
        conditions.append(LedgerRow.kind.in_(window.kinds))
    return conditions


def _sums(session: Session, of_client: OfClient, window: rules.Window) -> dict[str, int]:
    """The client's balance before the window and at its end, and what its days come to that it leaves out."""
    before = LedgerRow.on < window.first if window.first is not None else false()
    left_out = LedgerRow.kind.not_in(window.kinds) if window.kinds is not None else false()
    statement = select(
        _total().filter(before).label("opening"),
        _total().label("closing"),
        _total().filter(not_(before), left_out).label("others"),
    ).where(*of_client)
    if window.last is not None:
        statement = statement.where(LedgerRow.on <= window.last)
    found = session.execute(statement).one()
    return {
        "opening_balance_cents": int(found.opening or 0),
        "closing_balance_cents": int(found.closing or 0),
        "other_kinds_cents": int(found.others or 0),
    }


def _balances_by_day(session: Session, of_client: OfClient, rows: Sequence[LedgerRow]) -> dict[int, int]:
    """The client's balance after each of these rows, by its sequence, with every entry at its day."""
    if not rows:
        return {}
    last = max((row.on, row.sequence) for row in rows)
    position = tuple_(LedgerRow.on, LedgerRow.sequence)
    running = (
        select(
            LedgerRow.sequence,
            func.sum(LedgerRow.amount_cents).over(order_by=(LedgerRow.on, LedgerRow.sequence)).label("cents"),
        )
        .where(*of_client, position <= tuple_(literal(last[0]), literal(last[1])))
        .subquery()
    )
    found = session.execute(select(running).where(running.c.sequence.in_([row.sequence for row in rows])))
    return {sequence: int(cents) for sequence, cents in found}


def _paid_in(session: Session, of_client: OfClient, year: int) -> int:
    """What came in less what went out again, in cents, on the days of a year."""
    statement = select(_total()).where(
        *of_client,
        LedgerRow.on.between(date(year, 1, 1), date(year, 12, 31)),
        LedgerRow.kind.in_(rules.MONEY_KINDS),
    )
    return -int(session.scalar(statement) or 0)


def _total() -> Any:
    return func.sum(LedgerRow.amount_cents)


def _with_documents(
    session: Session, actor: Caller, rows: Sequence[LedgerRow], balances: Mapping[int, int]
) -> list[dict[str, Any]]:
    """The rows, each with its balance and the invoice or the payment that it is about, by the entry's postings."""
    about: dict[UUID, dict[str, UUID | None]] = {}
    statement = select(Posting.entry_id, Posting.invoice_id, Posting.payment_id).where(
        Posting.organization_id == actor.organization_id, Posting.entry_id.in_([row.entry_id for row in rows])
    )
    for entry_id, invoice_id, payment_id in session.execute(statement):
        known = about.setdefault(entry_id, {"invoice_id": None, "payment_id": None})
        known["invoice_id"] = known["invoice_id"] or invoice_id
        known["payment_id"] = known["payment_id"] or payment_id
    names = ("on", "kind", "description", "amount_cents")
    return [
        {
            **{name: getattr(row, name) for name in names},
            "balance_after_cents": balances[row.sequence],
            **about[row.entry_id],
        }
        for row in rows
    ]


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
