"""The endpoint that tells when clients were here last and come next."""

from __future__ import annotations

from typing import Any

from services.clinical.visits import queries
from services.clinical.visits.schemas import VisitsSchema
from shared.actor import Caller
from shared.database.session import Session
from shared.web.lookups import ClientsLookup
from shared.web.routes import Route


def post_visit_lookup(session: Session, actor: Caller, body: dict[str, Any]) -> dict[str, Any]:
    """Look up the last visit and the next appointment of clients

    Of up to 100 clients at once. Clients whom the person may not see are left out, like those that do not exist. A
    POST, because the ids are many; it changes nothing.
    """
    return queries.look_up(session, actor, body["client_ids"])


ROUTES = (
    Route(
        "POST",
        "/api/v1/appointments/lookup",
        "agenda:read",
        post_visit_lookup,
        body=ClientsLookup,
        response=VisitsSchema,
        audit="visits.lookup",
        reads=True,
        example={"client_ids": ["{client_id}"]},
    ),
)
