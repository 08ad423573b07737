"""How long rows are kept: which ones go, so many days after which instant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import TextClause, text

BATCH_ROWS: Final = 1_000
# Outbox and inbox are kept as long as a database may have to be restored to an earlier moment.
EVENT_DAYS: Final = 35
KEY_DAYS: Final = 7


@dataclass(frozen=True, slots=True)
class Expired:
    """Rows of a table that go some days after the instant in their column `since`, which an index serves.

    `where`: which of them, as in the index where that is partial.
    """

    table: str
    since: str
    days: int
    where: str = ""

    @property
    def condition(self) -> str:
        """In SQL."""
        over = f"{self.since} < now() - interval '{self.days} days'"
        return f"{over} AND {self.where}" if self.where else over

    def oldest(self) -> str:
        """The query for a batch of them."""
        return f"SELECT ctid FROM {self.table} WHERE {self.condition} ORDER BY {self.since} LIMIT {BATCH_ROWS}"

    def deletion(self) -> TextClause:
        """The statement that deletes a batch of them. A row that has changed meanwhile is judged anew."""
        return text(f"DELETE FROM {self.table} WHERE ctid = ANY(ARRAY({self.oldest()})) AND {self.condition}")


EVERYWHERE: Final = (
    Expired("outbox", "settled_at", EVENT_DAYS, "settled_at IS NOT NULL"),
    Expired("inbox", "received_at", EVENT_DAYS, "receipted_at IS NOT NULL"),
    Expired("dead_letters", "replayed_at", EVENT_DAYS, "replayed_at IS NOT NULL"),
    Expired("dead_letters", "discarded_at", EVENT_DAYS, "discarded_at IS NOT NULL"),
    Expired("idempotency_keys", "created_at", KEY_DAYS),
    Expired("used_tokens", "expires_at", 1),
)
