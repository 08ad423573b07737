"""What preferences look like."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, post_load

from services.identity.preferences.commands import PreferenceChanges
from services.identity.preferences.rules import LANDINGS, THEMES, WEEK_STARTS
from shared.web.fields import choice, flag


class PreferencesSchema(Schema):
    """How the signed-in person likes the web app; the usual where they have chosen nothing."""

    theme = choice(THEMES, "In which colours the web app is shown.", THEMES)
    single_keys = flag("Whether single keys are shortcuts, such as N for a new appointment.")
    landing = choice(LANDINGS, "The page that opens after signing in.", LANDINGS)
    week_start = choice(WEEK_STARTS, "On which day a week begins in the agenda.", WEEK_STARTS)
    setup_hidden = flag("Whether the list of first steps is hidden from the home page.")


class PreferencesPatch(PreferencesSchema):
    """Changes to one's preferences. What is left out stays."""

    @post_load
    def _changes(self, data: dict[str, Any], **_: Any) -> PreferenceChanges:
        return PreferenceChanges(**data)
