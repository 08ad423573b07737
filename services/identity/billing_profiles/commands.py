"""Recording what the practice prints and bills under from a day on."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.identity.billing_profiles import rules
from services.identity.billing_profiles.models import BillingProfile
from services.identity.billing_profiles.queries import in_force, latest_version
from services.identity.organization.models import Organization
from shared import audit, clock
from shared.actor import Actor
from shared.contracts.identity import BillingProfileRecorded
from shared.ids import new_id
from shared.messaging import outbox


def record_first(session: Session, organization: Organization) -> None:
    """The profile of a practice that has just signed up: its name, since ever."""
    _record(session, organization.organization_id, rules.SINCE_EVER, {"name": organization.name}, None)


def record_from(session: Session, actor: Actor, effective_from: date, changes: dict[str, Any]) -> BillingProfile:
    """From that day on, until another version begins: what was in force that day, with `changes`.

    A day in the past corrects what is printed for it from now on; a coming one takes effect by itself. The caller
    has locked the organization, so that versions have no gaps. Raises `NothingPrinted`.
    """
    if not changes:
        raise rules.NothingPrinted()
    before = in_force(session, actor.organization_id, effective_from)
    values = {field: getattr(before, field) for field in rules.PRINTED}
    audit.describe(session, effective_from=effective_from.isoformat(), fields=sorted(changes))
    return _record(session, actor.organization_id, effective_from, {**values, **changes}, actor.staff_id)


def _record(
    session: Session, organization_id: UUID, effective_from: date, values: dict[str, Any], recorded_by: UUID | None
) -> BillingProfile:
    profile = BillingProfile(
        organization_id=organization_id,
        id=new_id(),
        version=latest_version(session, organization_id) + 1,
        effective_from=effective_from,
        recorded_by=recorded_by,
        recorded_at=clock.now(),
        **values,
    )
    session.add(profile)
    session.flush()
    address = profile.address or {}
    outbox.add(
        session,
        BillingProfileRecorded(
            organization_id=organization_id,
            version=profile.version,
            effective_from=effective_from,
            name=profile.name,
            legal_name=profile.legal_name,
            npi=profile.npi,
            tax_id=profile.tax_id,
            taxonomy=profile.taxonomy,
            phone=profile.phone,
            fax=profile.fax,
            email=profile.email,
            address_line1=address.get("line1"),
            address_line2=address.get("line2"),
            city=address.get("city"),
            state=address.get("state"),
            postal_code=address.get("postal_code"),
        ),
    )
    return profile
