"""Who did something, when and why. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Reason:
    """Why `by_staff_id` did it `at` an instant. What an earlier release did not keep is None."""

    reason: str | None
    by_staff_id: UUID | None
    at: datetime | None

    @classmethod
    def of(cls, reason: str | None, by_staff_id: UUID | None, at: datetime | None) -> Reason | None:
        """None where nobody did it."""
        return None if (reason, by_staff_id, at) == (None, None, None) else cls(reason, by_staff_id, at)
