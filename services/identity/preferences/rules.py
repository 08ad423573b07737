"""What somebody who has chosen nothing gets. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
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


def whole(chosen: Mapping[str, Any], levels: Collection[str]) -> dict[str, Any]:
    """All preferences of somebody with these levels: what they chose, and the usual for the rest.

    Somebody at the front desk, with Default alone, starts on the agenda, everybody else at home.
    """
    usual = {
        "theme": "system",
        "single_keys": True,
        "landing": "home" if set(levels) - {"default"} else "agenda",
        "week_start": "sunday",
        "setup_hidden": False,
    }
    return {name: chosen.get(name, value) for name, value in usual.items()}
