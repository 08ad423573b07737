"""The ledger's endpoint."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.billing.client_ledgers import queries
from services.billing.client_ledgers.files import ledger_file
from services.billing.client_ledgers.schemas import LedgerQuery, LedgerSchema
from shared.actor import Caller
from shared.database.session import Session
from shared.web.reports import FILES, STREAMS
from shared.web.routes import Route, Streamed


def get_ledger(session: Session, actor: Caller, client_id: UUID, query: dict[str, Any]) -> dict[str, Any] | Streamed:
    """Show a client's ledger

    The client's totals and a page of postings, oldest first unless `order` says otherwise. `from`, `to` and `kind`
    choose entries; each keeps the client's balance after it, and the balances before and after these days stand above.
    What clients had who were merged into this one is part of it, in one list: `client_id` says whose entry it is.
    A file (`format`) holds every entry that was chosen, in dollars; at most five files an hour.
    """
    if query["format"] in FILES:
        return ledger_file(session, actor, client_id, query)
    return queries.client_ledger(session, actor, client_id, query)


ROUTES = (
    Route(
        "GET",
        "/api/v1/clients/{client_id}/ledger",
        "ledger:read",
        get_ledger,
        query=LedgerQuery,
        response=LedgerSchema,
        streams=STREAMS,
        audit="ledger.read",
    ),
)
