"""The endpoint of the first steps that billing knows of."""

from __future__ import annotations

from typing import Any

from services.billing.setup import queries
from shared.actor import Person
from shared.database.session import Session
from shared.web.routes import Route
from shared.web.setup import SetupSchema
from shared.web.tags import SETTINGS


def get_billing_setup(session: Session, actor: Person) -> dict[str, Any]:
    """Which first steps are done: services and invoices

    `services` counts active services with a rate. `invoice` is done when one was issued, also one that is void now.
    """
    return {"items": queries.steps(session, actor)}


ROUTES = (
    Route(
        "GET",
        "/api/v1/setup/billing",
        "setup:read",
        get_billing_setup,
        response=SetupSchema,
        audit="setup.read",
        tag=SETTINGS,
    ),
)
