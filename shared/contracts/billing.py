"""What billing tells the others: the services that can be booked, and which appointments are billed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
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


@event(
    "billing.invoice_changed.v1",
    aggregate="invoice_id",
    version="version",
    consumers=("clinical",),
)
@dataclass(frozen=True, slots=True)
class InvoiceChanged:
    """An invoice of an appointment and client was issued, or is void. Drafts are not told of.

    `in_force`: issued and not void. No amounts. `version` is the invoice's, of which most are not told.
    """

    organization_id: UUID
    invoice_id: UUID
    version: int
    appointment_id: UUID
    client_id: UUID
    in_force: bool


@event(
    "billing.change_answered.v1",
    aggregate="change_id",
    version="version",
    consumers=("clients",),
)
@dataclass(frozen=True, slots=True)
class ChangeAnswered:
    """The answer to `clients.change_proposed.v1`. Never what there is of a client, or how much.

    `code`: ready, and no money of the clients moves until `held_until`;
    used: there are documents or money of theirs;
    being_changed: another change holds them.
    `used`: with `ready` of a change that takes each client by themselves, who is used and not held.
    """

    organization_id: UUID
    change_id: UUID
    version: int
    code: str
    held_until: datetime | None = None
    used: tuple[UUID, ...] = ()
