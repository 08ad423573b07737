"""Signing a practice up, and changing its settings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import update

from services.identity.billing_profiles.commands import record_first, record_today
from services.identity.organization import rules
from services.identity.organization.models import Organization, OrganizationChange
from services.identity.organization.queries import settings_of_today
from shared import audit, clock
from shared.actor import Person
from shared.changes import UNSET, Changes, Unset, differing
from shared.contracts.identity import Holiday, OpenHours, OrganizationChanged
from shared.database.session import Session, set_tenant
from shared.ids import new_id
from shared.messaging import outbox


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsChanges(Changes):
    """Changes to the settings. `business_hours` are rows of weekday, opens and closes; `holidays` of on and name."""

    name: str | Unset = UNSET
    legal_name: str | Unset | None = UNSET
    npi: str | Unset | None = UNSET
    tax_id: str | Unset | None = UNSET
    taxonomy: str | Unset | None = UNSET
    phone: str | Unset | None = UNSET
    fax: str | Unset | None = UNSET
    email: str | Unset | None = UNSET
    address: dict[str, Any] | Unset | None = UNSET
    time_zone: str | Unset = UNSET
    invoice_prefix: str | Unset = UNSET
    requires_second_factor: bool | Unset = UNSET
    idle_minutes: int | Unset = UNSET
    session_minutes: int | Unset = UNSET
    plan_review_days: int | Unset = UNSET
    write_off_limit_cents: int | Unset = UNSET
    business_hours: list[dict[str, Any]] | Unset = UNSET
    holidays: list[dict[str, Any]] | Unset = UNSET
    restricts_administration: bool | Unset = UNSET
    break_glass_enabled: bool | Unset = UNSET
    break_glass_minutes: int | Unset = UNSET
    author_access_days: int | Unset = UNSET
    works_alone: bool | Unset = UNSET


def create_organization(session: Session, name: str, time_zone: str) -> Organization:
    """A new organization; from here on it is the transaction's tenant."""
    organization = Organization(organization_id=new_id(), name=name, time_zone=time_zone, created_at=clock.now())
    set_tenant(session, organization.organization_id)
    session.add(organization)
    session.flush()
    record_first(session, organization)
    _tell(session, organization)
    return organization


def confirm_founder(session: Session, organization_id: UUID, staff_id: UUID) -> bool:
    """The founder has shown that their address is theirs; returns whether that was this person, for the first time."""
    statement = (
        update(Organization)
        .where(Organization.organization_id == organization_id, Organization.unconfirmed_founder_id == staff_id)
        .values(unconfirmed_founder_id=None)
        .returning(Organization.organization_id)
    )
    return session.scalar(statement) is not None


def change_organization(session: Session, actor: Person, changes: SettingsChanges) -> Organization:
    """Merge the given settings; nothing given changes nothing. What prints and bills changes from today on.

    Raises `SecuritySettings` for what the actor may not change.
    """
    given = _as_stored(changes)
    if given.keys() & rules.SECURITY_SETTINGS and not actor.may("organization:secure"):
        raise rules.SecuritySettings()
    organization = settings_of_today(session, actor, for_update=True)
    different = differing(organization, given)
    if not different:
        return organization
    organization.version += 1
    session.add(
        OrganizationChange(
            organization_id=organization.organization_id,
            version=organization.version,
            changed_by=actor.staff_id,
            changed_at=clock.now(),
            changes={field: [getattr(organization, field), value] for field, value in different.items()},
        )
    )
    # Before the row changes: it says what was printed so far.
    record_today(session, actor, organization, different, clock.today(organization.time_zone))
    for field, value in different.items():
        setattr(organization, field, value)
    _tell(session, organization)
    audit.describe(session, object_id=organization.organization_id, fields=sorted(different))
    return organization


def _as_stored(changes: SettingsChanges) -> dict[str, Any]:
    """The given settings as their columns hold them: the days of holidays as ISO text, in order."""
    given = changes.given()
    if changes.holidays is not UNSET:
        holidays = sorted(changes.holidays, key=lambda holiday: holiday["on"])
        given["holidays"] = [{"on": holiday["on"].isoformat(), "name": holiday["name"]} for holiday in holidays]
    return given


def _tell(session: Session, organization: Organization) -> None:
    outbox.add(
        session,
        OrganizationChanged(
            organization_id=organization.organization_id,
            version=organization.version,
            name=organization.name,
            time_zone=organization.time_zone,
            invoice_prefix=organization.invoice_prefix or "",
            session_minutes=organization.session_minutes,
            plan_review_days=organization.plan_review_days,
            write_off_limit_cents=organization.write_off_limit_cents,
            restricts_administration=organization.restricts_administration,
            break_glass_enabled=organization.break_glass_enabled,
            break_glass_minutes=organization.break_glass_minutes,
            author_access_days=organization.author_access_days,
            business_hours=tuple(OpenHours(**hours) for hours in organization.business_hours),
            holidays=tuple(Holiday(date.fromisoformat(row["on"]), row["name"]) for row in organization.holidays),
        ),
    )
