"""A client's ledger as a file: every entry that was chosen, each with the balance after it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from services.billing.client_accounts.queries import family_of
from services.billing.client_ledgers import queries
from services.billing.ledger import rules
from shared import audit
from shared.actor import Caller
from shared.audit_tables import AUDIT_ENTRIES
from shared.database.session import Session
from shared.web.exports import ensure_may_export
from shared.web.paging import LIMIT_MAX
from shared.web.reports import FILES, written
from shared.web.routes import Run, Streamed

ACTION: Final = "ledger.read"
COLUMNS: Final = ("Date", "Entry", "Kind", "Charge", "Credit", "Balance")
Row = tuple[Any, ...]


def ledger_file(session: Session, actor: Caller, client_id: UUID, query: Mapping[str, Any]) -> Streamed:
    """All entries of the query's days and kinds, whatever its `limit` says; dollars, in the order that it asks for.

    Of some days the balance before them stands first. Raises `NotFound`, `Invalid` for days the wrong way round, and
    `TooMany` after five files within an hour.
    """
    kind = query["format"]
    chosen = {**query, "limit": LIMIT_MAX, "cursor": None}
    before = queries.client_ledger(session, actor, client_id, {**chosen, "limit": 1})["opening_balance_cents"]
    ensure_may_export(session, actor, ACTION, AUDIT_ENTRIES.c.details.has_key("format"))
    audit.describe(session, format=kind)
    window = rules.Window(query["first"], query["last"], query["kind"])
    opening: Row = (query["first"], "Balance before this day", None, None, None, _dollars(before))
    cursors = session.cursors

    def batches(run: Run) -> Iterator[list[Row]]:
        wanted, oldest_first = dict(chosen), query["order"] == "oldest"
        if query["first"] is not None and oldest_first:
            yield [opening]
        while True:

            def batch(session: Session, wanted: Mapping[str, Any] = wanted) -> tuple[list[Row], str | None]:
                session.cursors = cursors  # the pages of the file are pages of the request
                members = family_of(session, actor, client_id)
                page = queries.page_of(session, actor, members, window, wanted)
                hidden = queries.hidden_sides(session, actor, members, page.rows)
                words = {row.entry_id: queries.words_of(row, hidden) for row in page.rows}
                rows = [_row(row, words[row.entry_id], page.balances[row.entry_id]) for row in page.rows]
                return rows, page.next_cursor

            rows, next_cursor = run(batch)
            yield rows
            if next_cursor is None:
                break
            wanted = {**wanted, "cursor": next_cursor}
        if query["first"] is not None and not oldest_first:
            yield [opening]

    return Streamed(FILES[kind], f"ledger.{kind}", written(kind, COLUMNS, batches))


def _row(row: Any, words: str, balance_cents: int) -> Row:
    cents = row.amount_cents
    charge, credit = (_dollars(cents), None) if cents > 0 else (None, _dollars(-cents))
    return row.on, words, row.kind, charge, credit, _dollars(balance_cents)


def _dollars(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)
