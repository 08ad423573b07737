"""Changing one's own preferences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from services.identity.preferences.queries import preferences_of
from services.identity.staff.queries import one_member
from shared import audit
from shared.actor import Person
from shared.changes import UNSET, Changes, Unset
from shared.database.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferenceChanges(Changes):
    """Changes to one's preferences."""

    theme: str | Unset = UNSET
    single_keys: bool | Unset = UNSET
    landing: str | Unset = UNSET
    week_start: str | Unset = UNSET
    setup_hidden: bool | Unset = UNSET
    agenda_view: str | Unset = UNSET
    agenda_staff: list[str] | Unset | None = UNSET
    agenda_colours: str | Unset = UNSET
    agenda_initials: bool | Unset = UNSET


def change_preferences(session: Session, actor: Person, changes: PreferenceChanges) -> dict[str, Any]:
    """Merge what was chosen; returns all preferences. No other service is told, and the member's version stays."""
    member = one_member(session, actor, actor.staff_id, for_update=True)
    given = changes.given()
    if any(name not in member.preferences or member.preferences[name] != value for name, value in given.items()):
        member.preferences = {**member.preferences, **given}
    audit.describe(session, object_id=member.id, fields=sorted(given))
    return preferences_of(member)
