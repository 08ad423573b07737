"""What preferences look like."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from services.identity.preferences.commands import PreferenceChanges
from services.identity.preferences.rules import (
    AGENDA_COLOURS,
    AGENDA_STAFF_MAX,
    AGENDA_VIEWS,
    LANDINGS,
    THEMES,
    WEEK_STARTS,
)
from shared.web.fields import Day, about, choice, flag
from shared.web.strict_fields import Id


class PreferencesSchema(Schema):
    """How the signed-in person likes the web app; the usual where they have chosen nothing."""

    theme = choice(THEMES, "In which colours the web app is shown.", THEMES)
    single_keys = flag("Whether single keys are shortcuts, such as N for a new appointment.")
    landing = choice(LANDINGS, "The page that opens after signing in.", LANDINGS)
    week_start = choice(WEEK_STARTS, "On which day a week begins in the agenda.", WEEK_STARTS)
    setup_hidden = flag("Whether the list of first steps is hidden from the home page.")
    setup_completed_on = Day(
        allow_none=True,
        metadata=about("The day on which they saw that all first steps are done; the home page says so on that day."),
    )
    agenda_view = choice(AGENDA_VIEWS, "What the agenda opens with.", AGENDA_VIEWS)
    agenda_staff = fields.List(
        Id(),
        allow_none=True,
        validate=validate.Length(max=AGENDA_STAFF_MAX),
        metadata=about(
            "Ids of the staff whose appointments the agenda opens with; none: everybody's. null: a clinician's own, "
            "and everybody's for others."
        ),
    )
    agenda_colours = choice(AGENDA_COLOURS, "What the colour of an appointment in the agenda says.", AGENDA_COLOURS)
    agenda_initials = flag("Whether a printed agenda shows clients' initials in place of their names.")


class PreferencesPatch(PreferencesSchema):
    """Changes to one's preferences. What is left out stays."""

    @post_load
    def _changes(self, data: dict[str, Any], **_: Any) -> PreferenceChanges:
        if data.get("agenda_staff") is not None:
            data["agenda_staff"] = [str(staff_id) for staff_id in data["agenda_staff"]]  # they are stored as JSON
        if data.get("setup_completed_on") is not None:
            data["setup_completed_on"] = data["setup_completed_on"].isoformat()
        return PreferenceChanges(**data)
