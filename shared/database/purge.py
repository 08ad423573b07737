"""Deletes what has done its duty: settled events, old inbox rows, expired keys, and what a service adds of its own.

In bounded batches, each a transaction that holds one lock: of many workers one purges at a time. The worker does it
by itself once a day.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Sequence
from typing import Final

from prometheus_client import Counter
from sqlalchemy import text

from shared import logs
from shared.database.claim_loop import ClaimLoop
from shared.database.retention import BATCH_ROWS, EVERYWHERE, Expired
from shared.database.session import Database, Session
from shared.failpoints import failpoint

PURGED = Counter("caseload_rows_purged_total", "Rows deleted because their retention was over.", ["service", "table"])
PAUSE_SECONDS: Final = 0.05  # between batches: requests come first
DAY_SECONDS: Final = 24 * 60 * 60
FIRST_SECONDS: Final = (60, 30 * 60)  # after a start: soon, and not when everything else starts
AGAIN_SECONDS: Final = (60.0, 30 * 60.0)  # when the database was away
LOCK: Final = (7_203_411, 2)


class Purge:
    """What one service purges, and the part of its worker that does so."""

    def __init__(self, service: str, database: Database, own: Sequence[Expired] = ()) -> None:
        self._service, self._database = service, database
        self._expired = (*EVERYWHERE, *own)

    def run(self, stop: threading.Event) -> None:
        """Soon after the start, then about once a day, until `stop` is set."""

        def purge_all() -> int:
            logs.get().info("purged", **self.all(stop))
            return 0

        ClaimLoop(
            self._service,
            "purge",
            is_due=lambda: True,
            claim_some=purge_all,
            seconds=lambda: DAY_SECONDS * random.uniform(0.9, 1.1),
            first_seconds=random.uniform(*FIRST_SECONDS),
            back_off_seconds=AGAIN_SECONDS,
        ).run(stop)

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
            count = session.connection().execute(expired.deletion()).rowcount
            failpoint("purge.deleted")
            return count

        return self._database.run(work)


def main(service: str, database: Database, own: Sequence[Expired]) -> int:
    """Purge and say what was deleted."""
    for table, count in Purge(service, database, own).all().items():
        print(f"{table}: {count} rows deleted")
    return 0
