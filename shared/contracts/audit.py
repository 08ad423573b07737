"""What every service tells identity of itself: its audit entries; and what identity's audit trail stands at.

Entries hold ids, slugs and field names, never values.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.contracts.envelope import event


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One thing done, seen or refused. `client_ids`: whose it is, each once. `details`: JSON text, in pieces of at most
    1,000 characters.
    """

    id: UUID
    at: datetime
    action: str
    outcome: str  # done | denied
    actor_id: UUID | None = None
    session_id: UUID | None = None
    object_id: UUID | None = None
    client_ids: tuple[UUID, ...] = ()
    rule: str | None = None
    request_id: str | None = None
    correlation_id: str | None = None
    network: str | None = None
    details: tuple[str, ...] = ()


@event("clients.audit_recorded.v1", aggregate="organization_id", version="count", consumers=("identity",))
@dataclass(frozen=True, slots=True)
class ClientsAuditRecorded:
    """Entries of clients, oldest first; each is sent in exactly one event."""

    organization_id: UUID
    count: int
    entries: tuple[AuditEntry, ...]


@event("clinical.audit_recorded.v1", aggregate="organization_id", version="count", consumers=("identity",))
@dataclass(frozen=True, slots=True)
class ClinicalAuditRecorded:
    """Entries of clinical, oldest first; each is sent in exactly one event."""

    organization_id: UUID
    count: int
    entries: tuple[AuditEntry, ...]


@event("billing.audit_recorded.v1", aggregate="organization_id", version="count", consumers=("identity",))
@dataclass(frozen=True, slots=True)
class BillingAuditRecorded:
    """Entries of billing, oldest first; each is sent in exactly one event."""

    organization_id: UUID
    count: int
    entries: tuple[AuditEntry, ...]


RECORDED: dict[str, type] = {
    "clients": ClientsAuditRecorded,
    "clinical": ClinicalAuditRecorded,
    "billing": BillingAuditRecorded,
}


@event("identity.audit_checkpoint.v1", aggregate="organization_id", version="seq", consumers=("clients",))
@dataclass(frozen=True, slots=True)
class AuditCheckpoint:
    """The organization's audit trail stood at entry `seq` with this hash (hexadecimal SHA-256).

    Kept by another service, so that somebody who rewrites identity's database cannot rewrite this too.
    """

    organization_id: UUID
    seq: int
    hash: str
    at: datetime
