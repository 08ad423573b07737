"""Recording what the practice, a location or a member of staff prints and bills under from a day on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from services.identity.billing_profiles import rules
from services.identity.billing_profiles.models import BillingProfile
from services.identity.billing_profiles.queries import in_force, latest_version, shown_today
from services.identity.billing_profiles.rules import Subject
from shared import audit, clock
from shared.actor import Person
from shared.contracts.envelope import from_data
from shared.contracts.identity import (
    BillingProfileRecorded,
    PrintedLocation,
    PrintedOrganization,
    PrintedStaff,
)
from shared.database.session import Session
from shared.ids import new_id
from shared.messaging import outbox

TOLD_AS: Final[dict[str, type]] = {
    rules.ORGANIZATION: PrintedOrganization,
    rules.LOCATION: PrintedLocation,
    rules.STAFF: PrintedStaff,
}


@dataclass(frozen=True, slots=True)
class ProfileChanges:
    """What prints and bills otherwise from a day on, past or coming.

    `values`: those fields of `rules.PROFILE_FIELDS` that change, and for the organization the id of its logo.
    """

    effective_from: date
    values: Mapping[str, Any]


def record_first(session: Session, row: Subject, recorded_by: UUID | None = None) -> None:
    """The profile of what has just been created: as its row says, without a beginning."""
    values = {field: getattr(row, field) for field in rules.PROFILE_FIELDS[row.PROFILE_KIND]}
    _record(session, row, 1, rules.SINCE_EVER, values, None, recorded_by)


def record_from(session: Session, actor: Person, row: Subject, changes: ProfileChanges) -> BillingProfile:
    """From that day on, until another version begins: what was in force that day, with the changed values.

    A day in the past corrects what is printed for it from now on; a coming one takes effect by itself. The caller
    has locked the row, so that versions have no gaps. Raises `NothingPrinted`.
    """
    effective_from, changed = changes.effective_from, changes.values
    if not changed:
        raise rules.NothingPrinted()
    version = _latest_version(session, row)
    before = in_force(session, row, effective_from)
    logo_id = changed.get(rules.LOGO, before.logo_id)
    audit.describe(session, effective_from=effective_from.isoformat(), fields=sorted(changed))
    values = {**before.printed, **changed}
    return _record(session, row, version + 1, effective_from, values, logo_id, actor.staff_id)


def record_today(session: Session, actor: Person, row: Subject, columns: Mapping[str, Any], today: date) -> None:
    """Record a version from today on where the row's new `columns` have something print otherwise; else nothing."""
    _latest_version(session, row)
    if different := rules.differing(row.PROFILE_KIND, in_force(session, row, today).printed, columns):
        record_from(session, actor, row, ProfileChanges(today, different))


def catch_up(session: Session, row: Subject, today: date) -> bool:
    """Write into the row what is printed of it as of today; returns whether that changed it."""
    shown = shown_today(session, [row], today).get(row.id, {})
    different = {field: value for field, value in shown.items() if getattr(row, field) != value}
    for field, value in different.items():
        setattr(row, field, value)
    return bool(different)


def _latest_version(session: Session, row: Subject) -> int:
    """The first where there was none: the code before this one creates rows without."""
    if version := latest_version(session, row):
        return version
    record_first(session, row)
    return 1


def _record(
    session: Session,
    row: Subject,
    version: int,
    effective_from: date,
    values: dict[str, Any],
    logo_id: UUID | None,
    recorded_by: UUID | None,
) -> BillingProfile:
    kind = row.PROFILE_KIND
    profile = BillingProfile(
        organization_id=row.organization_id,
        id=new_id(),
        subject=kind,
        subject_id=row.id,
        version=version,
        effective_from=effective_from,
        printed=rules.printed(kind, values),
        logo_id=logo_id,
        recorded_by=recorded_by,
        recorded_at=clock.now(),
    )
    session.add(profile)
    session.flush()
    event = BillingProfileRecorded(
        organization_id=profile.organization_id,
        subject=kind,
        subject_id=profile.subject_id,
        version=version,
        effective_from=effective_from,
        **{kind: from_data(TOLD_AS[kind], profile.printed)},
    )
    outbox.add(session, event)
    return profile
