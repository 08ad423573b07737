"""How a draft may change, and what that is refused for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from shared.errors import Conflict


class NotADraft(Conflict):
    """What is issued is changed by voiding it or by accepting an amendment, never in place."""

    code = "not_a_draft"
    detail = "This invoice has been issued. Void it, or accept an amendment."


@dataclass(frozen=True, slots=True)
class LineChange:
    """Another service for a line of a draft."""

    line_id: UUID
    service_type_id: UUID


@dataclass(frozen=True, slots=True)
class DraftChanges:
    """Changes to a draft: only the fields named in `given` count, the others stay as they are."""

    given: frozenset[str]
    memo: str | None = None
    due_on: date | None = None
    lines: tuple[LineChange, ...] = ()
