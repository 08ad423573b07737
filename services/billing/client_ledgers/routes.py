"""The ledger's endpoint."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.billing.client_ledgers import queries
from services.billing.client_ledgers.schemas import LedgerQuery, LedgerSchema
from shared.actor import Caller
from shared.database.session import Session
from shared.web.routes import Route


def get_ledger(session: Session, actor: Caller, client_id: UUID, query: dict[str, Any]) -> dict[str, Any]:
    """Show a client's ledger

    The client's totals and a page of postings, oldest first unless `order` says otherwise. `from`, `to` and `kind`
    choose entries; each keeps the client's balance after it, and the balances before and after these days stand above.
    What clients had who were merged into this one is part of it, in one list: `client_id` says whose entry it is.
    """
    return queries.client_ledger(session, actor, client_id, query)


ROUTES = (
    Route(
        "GET",
        "/api/v1/clients/{client_id}/ledger",
        "ledger:read",
        get_ledger,
        query=LedgerQuery,
        response=LedgerSchema,
        audit="ledger.read",
    ),
)
