"""Of whom and what invoices print something. Pure."""

from __future__ import annotations

from typing import Final, TypeAlias
from uuid import UUID

ORGANIZATION: Final = "organization"
LOCATION: Final = "location"
STAFF: Final = "staff"

Subject: TypeAlias = tuple[str, UUID]


def organization(organization_id: UUID) -> Subject:
    """The practice as one of whom something is printed."""
    return ORGANIZATION, organization_id


def staff(staff_id: UUID) -> Subject:
    """A member of staff as one."""
    return STAFF, staff_id


def location(location_id: UUID | None) -> Subject | None:
    """A location as one, where there is one."""
    return (LOCATION, location_id) if location_id else None
