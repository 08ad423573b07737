"""Deletes what has done its duty: settled events, old inbox rows, expired keys, and what a service adds of its own.

In bounded batches, each a transaction that holds one lock: of many workers one purges at a time. The worker does it
by itself once a day.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from prometheus_client import Counter
from sqlalchemy import TextClause, text

from shared import logs
from shared.database import Database, Session
from shared.errors import Unavailable

if TYPE_CHECKING:
    from shared.service import Service

PURGED = Counter("caseload_rows_purged_total", "Rows deleted because their retention was over.", ["service", "table"])
BATCH_ROWS: Final = 1_000
PAUSE_SECONDS: Final = 0.05  # between batches: requests come first
DAY_SECONDS: Final = 24 * 60 * 60
FIRST_SECONDS: Final = (60, 30 * 60)  # after a start: soon, and not when everything else starts
LOCK: Final = (7_203_411, 2)
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


class Purge:
    """What one service purges, and the part of its worker that does so."""

    def __init__(self, service: str, database: Database, own: Sequence[Expired] = ()) -> None:
        self._service, self._database = service, database
        self._expired = (*EVERYWHERE, *own)

    def run(self, stop: threading.Event) -> None:
        """Soon after the start, then about once a day, until `stop` is set."""
        wait = random.uniform(*FIRST_SECONDS)
        while not stop.wait(wait):
            wait = DAY_SECONDS * random.uniform(0.9, 1.1)
            try:
                logs.get().info("purged", **self.all(stop))
            except Unavailable:
                wait = random.uniform(*FIRST_SECONDS)

    def all(self, stop: threading.Event | None = None) -> dict[str, int]:
        """Delete everything past its retention, until `stop` is set; returns the rows deleted per table.

        A table of which another worker deletes at this moment is left to it.
        """
        stop = stop or threading.Event()
        deleted = dict.fromkeys((expired.table for expired in self._expired), 0)
        for expired in self._expired:
            while not stop.is_set() and (count := self._batch(expired)) > 0:
                deleted[expired.table] += count
                PURGED.labels(self._service, expired.table).inc(count)
                if count < BATCH_ROWS:
                    break
                stop.wait(PAUSE_SECONDS)
        return deleted

    def _batch(self, expired: Expired) -> int:
        def work(session: Session) -> int:
            lock = {"space": LOCK[0], "key": LOCK[1]}
            if not session.scalar(text("SELECT pg_try_advisory_xact_lock(:space, :key)"), lock):
                return 0
            return session.connection().execute(expired.deletion()).rowcount

        return self._database.run(work)


def main(service: Service, database: Database) -> int:
    """Purge and say what was deleted."""
    for table, count in Purge(service.name, database, service.expired).all().items():
        print(f"{table}: {count} rows deleted")
    return 0
