"""The endpoint of preferences."""

from __future__ import annotations

from typing import Any

from services.identity.preferences import commands
from services.identity.preferences.rules import BYTES_MAX
from services.identity.preferences.schemas import PreferencesPatch, PreferencesSchema
from shared.actor import Person
from shared.database.session import Session
from shared.web.routes import Route


def patch_preferences(session: Session, actor: Person, body: commands.PreferenceChanges) -> dict[str, Any]:
    """Change how one likes the web app

    Changes only the signed-in person's own preferences, and answers all of them. Fields that are left out stay.
    """
    return commands.change_preferences(session, actor, body)


ROUTES = (
    Route(
        "PATCH",
        "/api/v1/me/preferences",
        "self:update",
        patch_preferences,
        body=PreferencesPatch,
        response=PreferencesSchema,
        body_bytes_max=BYTES_MAX,
        example={"theme": "dark", "week_start": "monday"},
    ),
)
