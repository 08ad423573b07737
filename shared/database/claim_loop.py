"""The one loop on which a process claims work from a table: jobs, mail, requests for resets, purge, audit entries.

What a loop claims it locks with SKIP LOCKED, at most a batch, so that of many processes each takes what no other has.
Work that ends in the transaction that claims it needs nothing else. Work that takes longer is claimed and counted in
one transaction with a lease, and marked in another: who is killed between the two is followed by another process once
the lease is over.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import psycopg
from prometheus_client import Counter

from shared import logs
from shared.back_off import BackOff
from shared.database.notifications import wait_for_notification
from shared.errors import Unavailable

BACK_OFF_SECONDS: Final = (0.2, 5.0)  # while the database is away: after the first failure, and the longest
LABELS: Final = ("service", "queue")
BATCHES: Final = Counter("caseload_claim_batches_total", "Batches of work that were claimed and done.", LABELS)
FAILURES: Final = Counter("caseload_claim_failures_total", "Looks for work that the database was away for.", LABELS)

Wait = Callable[[threading.Event, float], object]


@dataclass(frozen=True, slots=True)
class Channel:
    """Who queues work sends NOTIFY on `name`; heard on a connection of its own to the database at `database_url`."""

    database_url: str
    name: str


@dataclass(frozen=True, slots=True)
class ClaimLoop:
    """Does what is due in one queue, then waits for a notification or for the next look.

    `is_due`: one glance whether to begin a transaction at all. `claim_some`: do at most one batch; returns how much
    that was, 0 where nothing is left that no other process has in hand. `seconds`: how long until the next look,
    `first_seconds`: until the first one.
    """

    service: str
    queue: str
    is_due: Callable[[], bool]
    claim_some: Callable[[], int]
    seconds: Callable[[], float]
    first_seconds: float = 0.0
    channel: Channel | None = None
    back_off_seconds: tuple[float, float] = BACK_OFF_SECONDS

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set. An outage of the database only makes it wait, longer each time."""
        back_off = BackOff(*self.back_off_seconds)
        if self.first_seconds:
            stop.wait(self.first_seconds)
        while not stop.is_set():
            try:
                with self._waiting() as wait:
                    while not stop.is_set():
                        self._work_off(stop)
                        back_off.succeeded()
                        wait(stop, self.seconds())
            except (psycopg.OperationalError, psycopg.InterfaceError, Unavailable) as error:
                FAILURES.labels(self.service, self.queue).inc()
                logs.get().warning("claim_loop_waits", queue=self.queue, error=error)
                stop.wait(back_off.failed())

    def _work_off(self, stop: threading.Event) -> None:
        while not stop.is_set() and self.is_due() and self.claim_some():
            BATCHES.labels(self.service, self.queue).inc()

    @contextmanager
    def _waiting(self) -> Iterator[Wait]:
        """How to wait for the next look. A channel is listened on before the first one: what comes after it wakes."""
        if self.channel is None:
            yield lambda stop, seconds: stop.wait(seconds)
            return
        name = f"caseload {self.service} {self.queue}"
        url = self.channel.database_url
        with psycopg.connect(url, autocommit=True, connect_timeout=3, application_name=name) as connection:
            connection.execute(f"LISTEN {self.channel.name}")
            yield lambda _stop, seconds: wait_for_notification(connection, seconds)
