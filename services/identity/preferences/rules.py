"""What somebody who has chosen nothing gets. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, Final

BYTES_MAX: Final = 8 * 1024
THEMES: Final = {"light": "dark on light", "dark": "light on dark", "system": "as the device is set"}
LANDINGS: Final = {
    "home": "what is to be done",
    "agenda": "the agenda",
    "clients": "the list of clients",
    "notes": "the notes",
    "invoices": "the invoices",
}
WEEK_STARTS: Final = {"sunday": "on Sunday", "monday": "on Monday"}
AGENDA_VIEWS: Final = {
    "day": "one day, with a column for each clinician",
    "week": "a week beside the hours",
    "month": "a month",
    "list": "the appointments of a week, one below the other",
}
AGENDA_COLOURS: Final = {
    "person": "the colour of the clinician",
    "service": "the colour of the service",
    "status": "what became of it",
}
AGENDA_STAFF_MAX: Final = 8  # side by side


def whole(chosen: Mapping[str, Any], levels: Collection[str]) -> dict[str, Any]:
    """All preferences of somebody with these levels: what they chose, and the usual for the rest.

    Somebody at the front desk, with Default alone, starts on the agenda, everybody else at home. Clinicians look at
    a week of the agenda, everybody else at a day with a column for each clinician.
    """
    usual = {
        "theme": "system",
        "single_keys": True,
        "landing": "home" if set(levels) - {"default"} else "agenda",
        "week_start": "sunday",
        "setup_hidden": False,
        "setup_completed_on": None,
        "agenda_view": "week" if "therapist" in levels else "day",
        "agenda_staff": None,
        "agenda_colours": "person",
        "agenda_initials": True,
    }
    liked = {name: chosen.get(name, value) for name, value in usual.items()}
    if (completed := liked["setup_completed_on"]) is not None:
        liked["setup_completed_on"] = date.fromisoformat(completed)
    return liked
