"""Changing one's own preferences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.identity.preferences.queries import preferences_of
from services.identity.staff.models import Staff
from services.identity.staff.queries import one_member
from shared import audit
from shared.actor import Person
from shared.changes import UNSET, Changes, Unset
from shared.database.session import Session
from shared.errors import FieldError, Invalid


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferenceChanges(Changes):
    """Changes to one's preferences."""

    theme: str | Unset = UNSET
    single_keys: bool | Unset = UNSET
    landing: str | Unset = UNSET
    week_start: str | Unset = UNSET
    setup_hidden: bool | Unset = UNSET
    setup_completed_on: str | Unset | None = UNSET
    agenda_view: str | Unset = UNSET
    agenda_staff: list[str] | Unset | None = UNSET
    agenda_colours: str | Unset = UNSET
    agenda_initials: bool | Unset = UNSET


def change_preferences(session: Session, actor: Person, changes: PreferenceChanges) -> dict[str, Any]:
    """Merge what was chosen; returns all preferences. No other service is told, and the member's version stays.

    Raises `Invalid` for ids that are none of the practice's staff, whether another practice knows them or nobody does.
    """
    given = changes.given()
    _ensure_staff_of_ours(session, actor, given.get("agenda_staff") or [])
    member = one_member(session, actor, actor.staff_id, for_update=True)
    if any(name not in member.preferences or member.preferences[name] != value for name, value in given.items()):
        member.preferences = {**member.preferences, **given}
    audit.describe(session, object_id=member.id, fields=sorted(given))
    return preferences_of(member)


def _ensure_staff_of_ours(session: Session, actor: Person, chosen: list[str]) -> None:
    ids = [UUID(staff_id) for staff_id in chosen]
    statement = select(Staff.id).where(Staff.organization_id == actor.organization_id, Staff.id.in_(ids))
    known = set(session.scalars(statement)) if ids else set()
    wrong = [place for place, staff_id in enumerate(ids) if staff_id not in known]
    if wrong:
        raise Invalid(
            errors=tuple(FieldError(f"agenda_staff.{place}", "unknown", "Nobody here has this id.") for place in wrong)
        )
