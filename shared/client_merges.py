"""Previews of merging two clients who are one person, as each service that keeps records of clients answers them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from shared.errors import Conflict

ARCHIVED: Final = "archived"


class MergeOfSelf(Conflict):
    """A client would be merged into themselves."""

    code = "self"
    detail = "This is one and the same client. Choose two."


class MergeOfArchived(Conflict):
    """One of the two is archived."""

    code = "archived"
    detail = "One of the two clients is archived. Make the client active first."


@dataclass(frozen=True, slots=True)
class Merge:
    """The client who would end, and the one who would stay and take over the records."""

    client_id: UUID
    into_client_id: UUID

    @property
    def client_ids(self) -> tuple[UUID, UUID]:
        """Both clients."""
        return self.client_id, self.into_client_id

    def preview(self, moves: Mapping[str, int], collides: Sequence[str]) -> dict[str, Any]:
        """As an answer says it."""
        return {
            "client_id": self.client_id,
            "into_client_id": self.into_client_id,
            "moves": moves,
            "collides": list(collides),
        }


def ensure_two(merge: Merge, *statuses: str) -> None:
    """Raises `MergeOfSelf` and `MergeOfArchived`. It comes once it is known that the actor may see both."""
    if merge.client_id == merge.into_client_id:
        raise MergeOfSelf()
    if ARCHIVED in statuses:
        raise MergeOfArchived()
