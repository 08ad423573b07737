"""What billing tells the others: the services that can be booked."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from shared.contracts.envelope import event


@event(
    "billing.service_type_changed.v1",
    aggregate="service_type_id",
    version="version",
    consumers=("clinical",),
)
@dataclass(frozen=True, slots=True)
class ServiceTypeChanged:
    """A service of the catalogue was added or changed. Rates stay in billing."""

    organization_id: UUID
    service_type_id: UUID
    version: int
    name: str
    code: str
    duration_minutes: int
    active: bool
