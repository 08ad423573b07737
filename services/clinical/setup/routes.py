"""The endpoint of the first steps that clinical knows of."""

from __future__ import annotations

from typing import Any

from services.clinical.setup import queries
from shared.actor import Person
from shared.database.session import Session
from shared.web.routes import Route
from shared.web.setup import SetupSchema
from shared.web.tags import SETTINGS


def get_clinical_setup(session: Session, actor: Person) -> dict[str, Any]:
    """Which first steps are done: intake and documentation

    `intake` and `documentation`: whether the practice has done each once, among its first thousand treatment plans
    and notes. It says so of the practice as a whole, also to somebody who sees assigned cases only, and names nobody.
    """
    return {"items": queries.steps(session, actor)}


ROUTES = (
    Route(
        "GET",
        "/api/v1/setup/clinical",
        "setup:read",
        get_clinical_setup,
        response=SetupSchema,
        audit="setup.read",
        tag=SETTINGS,
    ),
)
