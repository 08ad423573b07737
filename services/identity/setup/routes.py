"""The endpoint of the first steps that identity knows of."""

from __future__ import annotations

from typing import Any

from services.identity.setup import queries
from shared.actor import Person
from shared.database.session import Session
from shared.web.routes import Route
from shared.web.setup import SetupSchema
from shared.web.tags import SETTINGS


def get_identity_setup(session: Session, actor: Person) -> dict[str, Any]:
    """Which first steps are done: the practice and its staff

    `organization_settings` and `staff`, which counts active members of staff. What is done is seen in the data.
    """
    return {"items": queries.steps(session, actor)}


ROUTES = (
    Route(
        "GET",
        "/api/v1/setup/identity",
        "setup:read",
        get_identity_setup,
        response=SetupSchema,
        audit="setup.read",
        tag=SETTINGS,
    ),
)
