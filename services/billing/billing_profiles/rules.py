"""Whose billing profile: a kind and an id. Pure."""

from __future__ import annotations

from typing import Final, TypeAlias
from uuid import UUID

ORGANIZATION: Final = "organization"
LOCATION: Final = "location"
STAFF: Final = "staff"

Subject: TypeAlias = tuple[str, UUID]


def organization(organization_id: UUID) -> Subject:
    """The practice as a subject: the biller."""
    return ORGANIZATION, organization_id


def staff(staff_id: UUID) -> Subject:
    """A member of staff as a subject: the rendering clinician."""
    return STAFF, staff_id


def location(location_id: UUID | None) -> Subject | None:
    """A location as a subject: the place of service. None without a location."""
    return (LOCATION, location_id) if location_id else None
