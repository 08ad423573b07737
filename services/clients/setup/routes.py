"""The endpoint of the first steps that clients knows of."""

from __future__ import annotations

from typing import Any

from services.clients.setup import queries
from shared.actor import Person
from shared.database.session import Session
from shared.web.routes import Route
from shared.web.setup import SetupSchema
from shared.web.tags import SETTINGS


def get_clients_setup(session: Session, actor: Person) -> dict[str, Any]:
    """Which first steps are done: clients, and who is assigned to them

    `clients` counts active clients, `assignments` those of them to whom somebody is assigned, of the first ten
    thousand by name. It names nobody.
    """
    return {"items": queries.steps(session, actor)}


ROUTES = (
    Route(
        "GET",
        "/api/v1/setup/clients",
        "setup:read",
        get_clients_setup,
        response=SetupSchema,
        audit="setup.read",
        tag=SETTINGS,
    ),
)
