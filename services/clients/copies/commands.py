"""Keeping copies."""

from __future__ import annotations

from uuid import UUID

from services.clients.copies.models import OrganizationCopy, StaffCopy
from shared.database.copies import keep_newest
from shared.database.session import Session


def keep_organization(session: Session, organization_id: UUID, version: int, time_zone: str) -> None:
    """The organization as of `version`, unless a newer one is known."""
    keep_newest(session, OrganizationCopy, organization_id=organization_id, version=version, time_zone=time_zone)


def keep_staff(
    session: Session, organization_id: UUID, staff_id: UUID, version: int, display_name: str, active: bool
) -> None:
    """The member of staff as of `version`, unless a newer one is known."""
    keep_newest(
        session,
        StaffCopy,
        organization_id=organization_id,
        id=staff_id,
        version=version,
        display_name=display_name,
        active=active,
    )
