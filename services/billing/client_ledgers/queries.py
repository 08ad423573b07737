"""Reading a client's ledger; with those of clients who were merged into them, as one list with one running balance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from heapq import merge
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import ColumnElement, false, func, literal, not_, or_, select, tuple_, union_all
from sqlalchemy.orm import aliased

from services.billing.client_accounts.models import ClientAccount
from services.billing.client_accounts.queries import each_of, family_of, may_see, visible_client
from services.billing.copies.models import ClientCopy, OrganizationCopy
from services.billing.copies.queries import practice_today
from services.billing.ledger import rules
from services.billing.ledger.models import LedgerRow, Posting
from shared import audit
from shared.actor import Caller
from shared.database.session import Session
from shared.database.together import read_together
from shared.web.cursors import Cursors
from shared.web.paging import paginate

Members: TypeAlias = Sequence[UUID]  # the client, and those who were merged into them


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a ledger, and the balance of the whole family after each, by its entry."""

    rows: Sequence[LedgerRow]
    balances: Mapping[UUID, int]
    next_cursor: str | None


def client_ledger(session: Session, actor: Caller, client_id: UUID, query: dict[str, Any]) -> dict[str, Any]:
    """A client's totals and a page of their ledger; raises `NotFound`, and `Invalid` for days the wrong way round.

    The whole ledger is served by the primary key of `ledger_rows`: every page costs the same, however long it is. Of
    some days or kinds, balances are worked out anew by day, for a payment is on the day it was received: all of that is
    read from `ix_ledger_rows_by_day`.
    """
    key = (actor.organization_id, client_id)
    read_together(session, {ClientCopy: key, ClientAccount: key, OrganizationCopy: actor.organization_id})
    visible_client(session, actor, client_id)
    rules.ensure_in_order(query["first"], query["last"])
    window = rules.Window(query["first"], query["last"], query["kind"])
    members = family_of(session, actor, client_id)
    audit.describe(session, client_ids=members)
    accounts = _accounts(session, actor, members)
    balance = sum(account.balance_cents for account in accounts)
    page = page_of(session, actor, members, window, query)
    if not window.is_whole:
        sums = _sums(session, actor, members, window)
    else:
        sums = {"opening_balance_cents": 0, "closing_balance_cents": balance, "other_kinds_cents": 0}
    return {
        "balance_cents": balance,
        "credit_cents": sum(account.credit_cents for account in accounts),
        "insurance_due_cents": sum(account.insurance_due_cents for account in accounts),
        "paid_this_year_cents": _paid_in(session, actor, members, practice_today(session, actor).year),
        **sums,
        "entries": _with_documents(session, actor, members, page),
        "next_cursor": page.next_cursor,
    }


def page_of(session: Session, actor: Caller, members: Members, window: rules.Window, query: Mapping[str, Any]) -> Page:
    """The page that `limit`, `order` and `cursor` of the query ask for, of the entries of the window."""
    if not window.is_whole:
        return _page_by_day(session, actor, members, window, query)
    return (_page_of_one if len(members) == 1 else _page_of_several)(session, actor, members, query)


def _accounts(session: Session, actor: Caller, members: Members) -> Sequence[ClientAccount]:
    if len(members) == 1:
        account = session.get(ClientAccount, (actor.organization_id, *members))
        return [account] if account else []
    theirs = ClientAccount.organization_id == actor.organization_id, ClientAccount.client_id.in_(members)
    return session.scalars(select(ClientAccount).where(*theirs)).all()


def _rows_of(actor: Caller, members: Members) -> tuple[ColumnElement[bool], ...]:
    return LedgerRow.organization_id == actor.organization_id, LedgerRow.client_id.in_(members)


def _page_of_one(session: Session, actor: Caller, members: Members, query: Mapping[str, Any]) -> Page:
    """In the order of posting, with the balances that were stored."""
    found = paginate(
        session,
        select(LedgerRow).where(*_rows_of(actor, members)),
        [LedgerRow.sequence],
        limit=query["limit"],
        cursor=query["cursor"],
        descending=query["order"] == "newest",
    )
    balances = {row.entry_id: row.balance_after_cents for row in found["items"]}
    return Page(found["items"], balances, found["next_cursor"])


def _page_of_several(session: Session, actor: Caller, members: Members, query: Mapping[str, Any]) -> Page:
    """In the order of posting, of several ledgers at once: the cursor says how far each was read, and the balance.

    Of each ledger a page is read in its own order, and what comes next is the earliest, or the latest, of them. Credit
    of one member that lies on an invoice of another changes nothing for the family: its two rows, which follow each
    other, are passed over.
    """
    newest, limit = query["order"] == "newest", query["limit"]
    order = f"{newest} {' '.join(map(str, members))}"
    places: dict[UUID, int | None] = dict.fromkeys(members)
    running: int | None = None if newest else 0
    if query["cursor"] is not None:
        running, *numbers = Cursors.of(session).open(query["cursor"], order)
        places = dict(zip(members, numbers, strict=True))
    shown: list[LedgerRow] = []
    balances: dict[UUID, int] = {}
    found = _next_of_each(session, actor, places, newest, limit + 1)
    if running is None:  # the newest row of each ledger says what its client owes now
        running = sum(rows[0].balance_after_cents for rows in found.values())
    while found:
        for row in merge(*found.values(), key=lambda row: row.entry_id, reverse=newest):
            if row.other_client_id not in places:
                if len(shown) == limit:
                    return Page(shown, balances, Cursors.of(session).seal([running, *places.values()], order))
                shown.append(row)
                balances[row.entry_id] = running if newest else running + row.amount_cents
            running += -row.amount_cents if newest else row.amount_cents
            places[row.client_id] = row.sequence
            if row is found[row.client_id][-1] and len(found[row.client_id]) > limit:
                break  # there may be more of this ledger
        else:
            break
        found = _next_of_each(session, actor, places, newest, limit + 1)
    return Page(shown, balances, None)


def _next_of_each(
    session: Session, actor: Caller, places: Mapping[UUID, int | None], newest: bool, limit: int
) -> dict[UUID, list[LedgerRow]]:
    """The next rows of each ledger behind its place, by the primary key; of one that was read to its end nothing."""
    parts = [
        select(LedgerRow)
        .where(*_rows_of(actor, [member]), *_behind(place, newest))
        .order_by(LedgerRow.sequence.desc() if newest else LedgerRow.sequence)
        .limit(limit)
        for member, place in places.items()
    ]
    row = aliased(LedgerRow, union_all(*parts).subquery())
    rows: dict[UUID, list[LedgerRow]] = defaultdict(list)
    for found in session.scalars(select(row).order_by(row.sequence.desc() if newest else row.sequence)):
        rows[found.client_id].append(found)
    return rows


def _behind(place: int | None, newest: bool) -> tuple[ColumnElement[bool], ...]:
    if place is None:
        return ()
    return (LedgerRow.sequence < place,) if newest else (LedgerRow.sequence > place,)


def _page_by_day(
    session: Session, actor: Caller, members: Members, window: rules.Window, query: Mapping[str, Any]
) -> Page:
    """By day, then in the order of posting, with balances as if every entry had been posted on its day."""
    statement = select(LedgerRow).where(LedgerRow.organization_id == actor.organization_id, *_chosen(window))
    if len(members) > 1:
        within = LedgerRow.other_client_id.in_(members)
        statement = statement.where(or_(LedgerRow.other_client_id.is_(None), not_(within)))
    page = paginate(
        session,
        statement,
        [LedgerRow.on, LedgerRow.entry_id],
        limit=query["limit"],
        cursor=query["cursor"],
        descending=query["order"] == "newest",
        about=f"{window.first} {window.last} {window.kinds}",
        branches=each_of(LedgerRow.client_id, members),
    )
    return Page(page["items"], _balances_by_day(session, actor, members, page["items"]), page["next_cursor"])


def _chosen(window: rules.Window) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if window.first is not None:
        conditions.append(LedgerRow.on >= window.first)
    if window.last is not None:
        conditions.append(LedgerRow.on <= window.last)
    if window.kinds is not None:
        conditions.append(LedgerRow.kind.in_(window.kinds))
    return conditions


def _sums(session: Session, actor: Caller, members: Members, window: rules.Window) -> dict[str, int]:
    """The balance before the window and at its end, and what its days come to that it leaves out."""
    before = LedgerRow.on < window.first if window.first is not None else false()
    left_out = LedgerRow.kind.not_in(window.kinds) if window.kinds is not None else false()
    statement = select(
        _total().filter(before).label("opening"),
        _total().label("closing"),
        _total().filter(not_(before), left_out).label("others"),
    ).where(*_rows_of(actor, members))
    if window.last is not None:
        statement = statement.where(LedgerRow.on <= window.last)
    found = session.execute(statement).one()
    return {
        "opening_balance_cents": int(found.opening or 0),
        "closing_balance_cents": int(found.closing or 0),
        "other_kinds_cents": int(found.others or 0),
    }


def _balances_by_day(session: Session, actor: Caller, members: Members, rows: Sequence[LedgerRow]) -> dict[UUID, int]:
    """The balance after each of these rows, by its entry, with every entry at its day."""
    if not rows:
        return {}
    day, entry_id = max((row.on, row.entry_id) for row in rows)
    until = tuple_(LedgerRow.on, LedgerRow.entry_id) <= tuple_(literal(day), literal(entry_id))
    parts = [  # each in the order in which they are summed up together: nothing is sorted
        select(LedgerRow.on, LedgerRow.entry_id, LedgerRow.amount_cents)
        .where(*_rows_of(actor, [member]), until)
        .order_by(LedgerRow.on, LedgerRow.entry_id)
        for member in members
    ]
    posted = (union_all(*parts) if len(parts) > 1 else parts[0]).subquery()
    sums = func.sum(posted.c.amount_cents).over(order_by=(posted.c.on, posted.c.entry_id))
    running = select(posted.c.entry_id, sums.label("cents")).subquery()
    wanted = select(running).where(running.c.entry_id.in_([row.entry_id for row in rows]))
    return {entry: int(cents) for entry, cents in session.execute(wanted)}


def _paid_in(session: Session, actor: Caller, members: Members, year: int) -> int:
    """What came in less what went out again, in cents, on the days of a year."""
    statement = select(_total()).where(
        *_rows_of(actor, members),
        LedgerRow.on.between(date(year, 1, 1), date(year, 12, 31)),
        LedgerRow.kind.in_(rules.MONEY_KINDS),
    )
    return -int(session.scalar(statement) or 0)


def _total() -> Any:
    return func.sum(LedgerRow.amount_cents)


def hidden_sides(session: Session, actor: Caller, members: Members, rows: Sequence[LedgerRow]) -> Set[UUID]:
    """The entries of rows across two clients, of whom the actor may not see the other one: they were one then."""
    others = {row.other_client_id for row in rows if row.other_client_id is not None} - set(members)
    seen = may_see(actor, ClientCopy.id)
    if not others or seen is None:
        return frozenset()
    here = ClientCopy.organization_id == actor.organization_id
    known = set(session.scalars(select(ClientCopy.id).where(here, ClientCopy.id.in_(others), seen)))
    return {row.entry_id for row in rows if row.other_client_id in others - known}


def words_of(row: LedgerRow, hidden: Set[UUID]) -> str:
    """What an entry is called; the number of an invoice of somebody whom the actor may not see is left out."""
    return rules.ON_SOMEBODY_ELSES[row.kind] if row.entry_id in hidden and _of_payer(row) else row.description


def _of_payer(row: LedgerRow) -> bool:
    """Whether a row of an entry across two clients is of who paid: the other one has the invoice."""
    return (row.kind == "allocation") == (row.amount_cents > 0)


def _with_documents(session: Session, actor: Caller, members: Members, page: Page) -> list[dict[str, Any]]:
    """The rows, each with its balance and the invoice or the payment that it is about, by the entry's postings."""
    hidden = hidden_sides(session, actor, members, page.rows)
    about: dict[UUID, dict[str, UUID | None]] = {}
    statement = select(Posting.entry_id, Posting.invoice_id, Posting.payment_id).where(
        Posting.organization_id == actor.organization_id, Posting.entry_id.in_([row.entry_id for row in page.rows])
    )
    for entry_id, invoice_id, payment_id in session.execute(statement):
        known = about.setdefault(entry_id, {"invoice_id": None, "payment_id": None})
        known["invoice_id"] = known["invoice_id"] or invoice_id
        known["payment_id"] = known["payment_id"] or payment_id
    names = ("client_id", "on", "kind", "amount_cents")
    return [
        {
            **{name: getattr(row, name) for name in names},
            "description": words_of(row, hidden),
            "balance_after_cents": page.balances[row.entry_id],
            **about[row.entry_id],
            **({"invoice_id" if _of_payer(row) else "payment_id": None} if row.entry_id in hidden else {}),
        }
        for row in page.rows
    ]
