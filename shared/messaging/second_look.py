"""The second look: what was parked because this process could not read it yet goes back on the bus once it can.

So releases and keys may arrive in any order: an event that only a newer release knows, and one that is sealed under a
key that is not here yet, wait among the dead letters and are applied by themselves.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, select, tuple_

from shared import logs
from shared.back_off import BackOff
from shared.database.glance import finds
from shared.database.session import Database, Session
from shared.errors import Unavailable
from shared.messaging import metrics
from shared.messaging.dead_letter_store import NO_KEY, UNKNOWN_TYPE
from shared.messaging.dead_letters import is_open, message_of, put_back
from shared.messaging.reading import Reader, Received
from shared.messaging.tables import DEAD_LETTERS
from shared.messaging.transport import BusUnavailable, Delivery, Publisher, PublishFailed, Transport

WAITING: Final = (UNKNOWN_TYPE, NO_KEY)
LOOK_SECONDS: Final = 5.0
BACK_OFF_SECONDS: Final = (0.5, 5.0)  # after the first failure, and the longest
ROWS_MAX: Final = 100
ANY_WAITING: Final = (
    "SELECT FROM dead_letters WHERE replayed_at IS NULL AND discarded_at IS NULL AND reason = ANY(%s) LIMIT 1"
)

Place = tuple[datetime, UUID]


class SecondLook:
    """Looks through one service's dead letters again and again until told to stop."""

    def __init__(self, service: str, database: Database, transport: Transport, reader: Reader) -> None:
        self._service, self._database, self._transport, self._reader = service, database, transport, reader
        self._after: Place | None = None  # where the last look ended

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set. Outages of bus or database only make it wait."""
        back_off = BackOff(*BACK_OFF_SECONDS)
        while not stop.is_set():
            try:
                while finds(self._database, ANY_WAITING, list(WAITING)) and self.look() and not stop.is_set():
                    pass
                back_off.succeeded()
                stop.wait(LOOK_SECONDS)
            except (BusUnavailable, PublishFailed, Unavailable):
                stop.wait(back_off.failed())

    def look(self) -> int:
        """Look at the next `ROWS_MAX` that wait, from the oldest on again after the last; returns how many went back.

        Raises `Unavailable`, `BusUnavailable`, `PublishFailed`.
        """
        rows = self._database.run(self._next)
        self._after = (rows[-1].parked_at, rows[-1].id) if len(rows) == ROWS_MAX else None
        readable = [row for row in rows if isinstance(self._reader.read(Delivery(message_of(row), None)), Received)]
        if readable:
            publisher = self._transport.publisher()
            try:
                self._put_back(publisher, readable)
            finally:
                publisher.close()
        return len(readable)

    def _put_back(self, publisher: Publisher, rows: Sequence[Row[Any]]) -> None:
        for row in rows:
            put_back(self._database, publisher, row)
            metrics.PUT_BACK.labels(self._service, row.reason).inc()
            logs.get().info("event_put_back", type=row.type, reason=row.reason)

    def _next(self, session: Session) -> Sequence[Row[Any]]:
        letters = DEAD_LETTERS.c
        place = (letters.parked_at, letters.id)
        statement = select(DEAD_LETTERS).where(*is_open(), letters.reason.in_(WAITING)).order_by(*place)
        if self._after is not None:
            statement = statement.where(tuple_(*place) > self._after)
        return session.execute(statement.limit(ROWS_MAX)).all()
