"""What holds of a client into whom others were merged. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from shared.errors import Conflict


class HasMerged(Conflict):
    """A client into whom others were merged would end, or be deleted."""

    code = "has_merged"
    detail = "Other records were merged into this client. Merge the other way round, or separate them first."


def ensure_alone(family: Sequence[UUID]) -> None:
    """Raises `HasMerged` where others were merged into a client. `family`: the client, and after them these."""
    if len(family) > 1:
        raise HasMerged()
