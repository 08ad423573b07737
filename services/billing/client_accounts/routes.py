"""The endpoint that tells what clients owe."""

from __future__ import annotations

from typing import Any

from services.billing.client_accounts import queries
from services.billing.client_accounts.schemas import BalancesSchema
from shared.actor import Caller
from shared.database.session import Session
from shared.web.lookups import ClientsLookup
from shared.web.routes import Route


def post_balance_lookup(session: Session, actor: Caller, body: dict[str, Any]) -> dict[str, Any]:
    """Look up what clients owe

    Balances of up to 100 clients at once. Clients whom the person may not see are left out, like those that do not
    exist. A POST, because the ids are many; it changes nothing.
    """
    return queries.look_up_balances(session, actor, body["client_ids"])


ROUTES = (
    Route(
        "POST",
        "/api/v1/balances/lookup",
        "ledger:read",
        post_balance_lookup,
        body=ClientsLookup,
        response=BalancesSchema,
        audit="balances.lookup",
        reads=True,
        example={"client_ids": ["{client_id}"]},
    ),
)
