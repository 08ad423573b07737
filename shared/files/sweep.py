"""Takes away files that are forgotten, and those that arrived and that nothing kept: first the bytes, then the row."""

from __future__ import annotations

import threading
from typing import Final

from prometheus_client import Counter
from sqlalchemy import delete, select, text, tuple_

from shared.database.claim_loop import ClaimLoop
from shared.database.glance import finds
from shared.database.session import Database, Session
from shared.database.waiting_metrics import Queue
from shared.failpoints import failpoint
from shared.files.keeping import place_of
from shared.files.models import StoredFile
from shared.files.store import Store

LOOK_SECONDS: Final = 60.0
BATCH_MAX: Final = 5  # a store that takes its time must not hold the transaction longer than the database lets it
LOCK: Final = (7_203_411, 3)
SWEPT: Final = Counter("caseload_files_swept_total", "Files whose bytes and row were taken away.", ["service"])
QUEUE: Final = Queue(
    "files_to_sweep", "Files whose bytes are to be taken away", "SELECT due_at AS since FROM files WHERE due_at < now()"
)
_ANY_DUE: Final = "SELECT FROM files WHERE due_at < now() LIMIT 1"


class Sweep:
    """The part of the jobs process that does so; of many processes one at a time."""

    def __init__(self, service: str, database: Database, store: Store | None) -> None:
        self._service, self._database, self._store = service, database, store

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set. While the store or the database is away it waits, longer each time."""
        ClaimLoop(self._service, "files", self._is_due, self.some, lambda: LOOK_SECONDS).run(stop)

    def _is_due(self) -> bool:
        return self._store is not None and finds(self._database, _ANY_DUE)

    def some(self) -> int:
        """Take a batch away; returns how many that were. Raises `StoreAway`, and then their rows stay for later.

        Who is killed between bytes and row has the same bytes taken away again, which does nothing.
        """
        store = self._store
        if store is None:
            return 0

        def work(session: Session) -> int:
            lock = {"space": LOCK[0], "key": LOCK[1]}
            if not session.scalar(text("SELECT pg_try_advisory_xact_lock(:space, :key)"), lock):
                return 0
            due = select(StoredFile.organization_id, StoredFile.id).where(StoredFile.due_at < text("now()"))
            oldest = due.order_by(StoredFile.due_at).limit(BATCH_MAX)
            ids = tuple_(StoredFile.organization_id, StoredFile.id)
            # The condition again: what is being kept at this moment is waited for, and stays.
            deletion = delete(StoredFile).where(ids.in_(oldest), StoredFile.due_at < text("now()"))
            rows = session.execute(deletion.returning(StoredFile.organization_id, StoredFile.id)).all()
            for organization_id, file_id in rows:
                store.remove(place_of(organization_id, file_id))
            failpoint("files.removed")
            return len(rows)

        count = self._database.run(work)
        SWEPT.labels(self._service).inc(count)
        return count
