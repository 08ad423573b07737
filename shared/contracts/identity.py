"""What identity tells the others: organizations, their locations, their staff.

Each event carries the whole present state under a rising `version`; a consumer keeps the highest it saw, so
order and repetition do not matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from shared.contracts.envelope import event


@event(
    "identity.organization_changed.v1",
    aggregate="organization_id",
    version="version",
    consumers=("clients", "clinical", "billing"),
)
@dataclass(frozen=True, slots=True)
class OrganizationChanged:
    """An organization was created, or its settings changed."""

    organization_id: UUID
    version: int
    name: str
    time_zone: str
    invoice_prefix: str = ""


@event(
    "identity.location_changed.v1",
    aggregate="location_id",
    version="version",
    consumers=("clinical", "billing"),
)
@dataclass(frozen=True, slots=True)
class LocationChanged:
    """A location was added or changed. `time_zone` None: the organization's."""

    organization_id: UUID
    location_id: UUID
    version: int
    name: str
    time_zone: str | None = None
    active: bool = True


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence to practise; in force from `issued_on` (None: always) through `expires_on`, both inclusive."""

    number: str
    state: str
    expires_on: date
    issued_on: date | None = None


@event(
    "identity.staff_changed.v1",
    aggregate="staff_id",
    version="version",
    consumers=("clients", "clinical", "billing"),
)
@dataclass(frozen=True, slots=True)
class StaffChanged:
    """A member of staff was added, or profile, levels, grants, licence or supervisor changed."""

    organization_id: UUID
    staff_id: UUID
    version: int
    display_name: str
    active: bool
    levels: tuple[str, ...] = ()
    grants: tuple[str, ...] = ()
    supervisor_id: UUID | None = None
    npi: str | None = None
    taxonomy: str | None = None
    licences: tuple[Licence, ...] = ()
