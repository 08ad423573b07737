"""Signing a practice up, and changing its settings."""

from __future__ import annotations

from typing import Any

from services.identity.billing_profiles.commands import record_first, record_today
from services.identity.organization import rules
from services.identity.organization.models import Organization, OrganizationChange
from services.identity.organization.queries import settings_of_today
from shared import audit, clock
from shared.actor import Actor
from shared.contracts.identity import OrganizationChanged
from shared.database.session import Session, set_tenant
from shared.errors import Stale
from shared.ids import new_id
from shared.messaging import outbox


def create_organization(session: Session, name: str, time_zone: str) -> Organization:
    """A new organization; from here on it is the transaction's tenant."""
    organization = Organization(organization_id=new_id(), name=name, time_zone=time_zone, created_at=clock.now())
    set_tenant(session, organization.organization_id)
    session.add(organization)
    session.flush()
    record_first(session, organization)
    _tell(session, organization)
    return organization


def change_organization(session: Session, actor: Actor, changes: dict[str, Any], if_match: int | None) -> Organization:
    """Merge the given settings; nothing given changes nothing. What is printed is another from today on.

    Raises `Stale` when somebody was faster,
    `SecuritySettings` for what the actor may not change.
    """
    if changes.keys() & rules.SECURITY_SETTINGS and not actor.may("organization:secure"):
        raise rules.SecuritySettings()
    organization = settings_of_today(session, actor, for_update=True)
    if if_match is not None and if_match != organization.version:
        raise Stale()
    different = {field: value for field, value in stored(changes).items() if getattr(organization, field) != value}
    if not different:
        return organization
    assert actor.staff_id is not None
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


def stored(changes: dict[str, Any]) -> dict[str, Any]:
    """Settings as their columns hold them: the days of holidays as ISO text, in order."""
    if "holidays" not in changes:
        return changes
    holidays = sorted(changes["holidays"], key=lambda holiday: holiday["on"])
    return {**changes, "holidays": [{"on": one["on"].isoformat(), "name": one["name"]} for one in holidays]}


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
        ),
    )
