"""What the commands and queries of a request say of it for its audit row, until the edge writes the row."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID


@dataclass(slots=True)
class AuditFacts:
    """Ids, slugs, counts and field names. What nobody named is None, and the edge looks for it."""

    actor_id: UUID | None = None
    object_id: UUID | None = None
    rule: str | None = None
    client_ids: list[UUID] | None = None  # an empty list says that it is about no client
    details: dict[str, Any] = field(default_factory=dict)
    harmless: bool = False  # this read needs no row
