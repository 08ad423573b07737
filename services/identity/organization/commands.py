"""Signing a practice up, and changing its settings."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from services.identity.organization.models import Organization
from services.identity.organization.queries import own_organization
from shared import audit, clock
from shared.actor import Actor
from shared.contracts.identity import OrganizationChanged
from shared.database import set_tenant
from shared.errors import Stale
from shared.ids import new_id
from shared.messaging import outbox


def create_organization(session: Session, name: str, time_zone: str) -> Organization:
    """A new organization; from here on it is the transaction's tenant."""
    organization = Organization(organization_id=new_id(), name=name, time_zone=time_zone, created_at=clock.now())
    set_tenant(session, organization.organization_id)
    session.add(organization)
    session.flush()
    _tell(session, organization)
    return organization


def change_organization(session: Session, actor: Actor, changes: dict[str, Any], if_match: int | None) -> Organization:
    """Merge the given settings; raises `Stale` when somebody was faster."""
    organization = own_organization(session, actor, for_update=True)
    if if_match is not None and if_match != organization.version:
        raise Stale()
    for field, value in changes.items():
        setattr(organization, field, value)
    organization.version += 1
    _tell(session, organization)
    audit.describe(session, object_id=organization.organization_id, fields=sorted(changes))
    return organization


def _tell(session: Session, organization: Organization) -> None:
    outbox.add(
        session,
        OrganizationChanged(
            organization_id=organization.organization_id,
            version=organization.version,
            name=organization.name,
            time_zone=organization.time_zone,
            invoice_prefix=organization.invoice_prefix or "",
        ),
    )
