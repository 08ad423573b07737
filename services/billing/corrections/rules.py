"""What correcting an invoice takes, and what it is refused for."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from shared.errors import Conflict


class AlreadyVoid(Conflict):
    """A void invoice stays void; its number stays taken."""

    code = "already_void"
    detail = "This invoice is void already."


class NotPending(Conflict):
    """An amendment is accepted once, and only while its invoice stands."""

    code = "not_pending"
    detail = "This amendment was accepted or withdrawn already."


@dataclass(frozen=True, slots=True)
class Void:
    """To void an invoice. `redraft`: bill the appointment again on a new draft."""

    reason: str
    redraft: bool


@dataclass(frozen=True, slots=True)
class Acceptance:
    """To accept an amendment, as another service if `service_type_id` says so; a held one needs `override_reason`."""

    service_type_id: UUID | None
    override_reason: str | None
