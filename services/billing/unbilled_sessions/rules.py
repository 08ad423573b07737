"""What a session that nothing bills is, and what drafting it again takes. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True)
class DraftWanted:
    """To draft an appointment again for a client."""

    client_id: UUID


@dataclass(frozen=True, slots=True)
class UnbilledSession:
    """A documented session of a client whose last invoice, `invoice_id`, is void for `reason` since `voided_on`."""

    appointment_id: UUID
    client_id: UUID
    client_name: str | None
    service_date: date
    invoice_id: UUID
    reason: str
    voided_on: date
