"""Outbox commit → invoice draft commit with our worker processes, beside the floors and the peers."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from uuid import UUID

import pika
import psycopg

from bench import processor_time
from bench.contest import ROOT, WARM, Turn, counted_until, rate_of, share
from bench.measuring import Sample
from bench.sizes import SIZES
from embedded.stack import Stack
from shared.contracts.clinical import AppointmentDocumented
from shared.database.local_postgres import die_with_parent
from shared.database.session import Database, Session
from shared.ids import new_id
from shared.messaging import outbox
from shared.testing.databases import load
from shared.testing.waiting import wait_until
from tests.practice import Practice
from tests.running import count, frozen

LOOK_SECONDS = 0.0002  # far below what is measured, and leaves the processor to the workers
TOGETHER = 50  # events that one transaction tells, where as many as possible are to wait
UNSENT = "SELECT count(*) FROM outbox WHERE settled_at IS NULL AND confirmed_at IS NULL"
WORKER = "billing worker"
QUEUE = "billing"
START_SECONDS = 60.0
DRAIN_SECONDS = 300.0


@contextmanager
def ours(stack: Stack, practice: Practice) -> Iterator[Ours]:
    """Connections of this block alone: a part that is ended in the middle of a statement costs the next one nothing."""
    made = Ours(stack, practice)
    try:
        yield made
    finally:
        made.close()


class Ours:
    """Events told and drafts counted, on a running stack."""

    def __init__(self, stack: Stack, practice: Practice) -> None:
        self._stack = stack
        self._practice = practice
        self._clinical = load("clinical").database(stack.database_url("clinical", "app"), pool_size=2)
        url = stack.postgres.admin_url.rsplit("/", 1)[0] + "/billing"
        self._billing = psycopg.connect(url, autocommit=True)

    def close(self) -> None:
        """Close the connections."""
        self._clinical.dispose()
        self._billing.close()

    def turn(self) -> Turn:
        """The same measures as those of a peer."""
        latency = self.one_by_one(share(SIZES.single))
        return Turn(latency, *self.in_bulk(share(SIZES.bulk)))

    def one_by_one(self, events: int) -> Sample:
        """Seconds from before an event is committed until its draft can be read."""
        self.again(WARM)
        return self.again(events)

    def again(self, events: int) -> Sample:
        """The same, where everything is warm."""
        return Sample(tuple(self._once() for _ in range(events)))

    def in_bulk(self, events: int) -> tuple[float, float]:
        """Events/s with both sides busy, and microseconds of processor time for each, ours included."""
        since, cpu, own = new_id(), processor_time.used(self._stack), time.process_time()
        began = time.monotonic()
        self._tell(events, 20)
        for _ in counted_until(lambda: self._drafts(since), events, self._overdue()):
            pass
        seconds = time.monotonic() - began
        used = processor_time.used(self._stack) - cpu + time.process_time() - own
        return events / seconds, used / events * 1e6

    def drain(self, events: int, more_workers: int = 0) -> float:
        """Events/s of a backlog that billing finds when its workers go on, so many besides the stack's own."""
        since = new_id()
        with self._more_workers(more_workers) as more:
            with frozen(self._stack, WORKER):
                for worker in more:
                    worker.send_signal(signal.SIGSTOP)
                self._tell(events, TOGETHER)
                wait_until(lambda: count(self._stack, "clinical", UNSENT) == 0, DRAIN_SECONDS, "all to be sent")
                for worker in more:
                    worker.send_signal(signal.SIGCONT)
            return rate_of(lambda: self._drafts(since), events, self._overdue())

    @contextmanager
    def _more_workers(self, how_many: int) -> Iterator[list[subprocess.Popen[bytes]]]:
        """Workers of billing besides that of the stack, which take from its queue already. On RabbitMQ alone."""
        assert self._stack.keeper is not None
        environment = {**self._stack.keeper.child(WORKER).environment}
        environment.pop("METRICS_PORT", None)
        started = [
            subprocess.Popen(
                [sys.executable, "-W", "ignore", "-m", "services.billing", "worker"],
                cwd=ROOT,
                env=environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                preexec_fn=lambda: die_with_parent(signal.SIGKILL),
            )
            for _ in range(how_many)
        ]
        try:
            if started:
                taking = partial(_consumers, environment["BUS_URL"])
                wait_until(lambda: taking() > how_many, START_SECONDS, "more workers of billing")
            yield started
        finally:
            for worker in started:
                worker.kill()
                worker.wait()

    def _once(self) -> float:
        event = _event(self._practice)
        started = time.monotonic()
        self._clinical.run(lambda session: outbox.add(session, event), event.organization_id)
        while (
            self._billing.execute(
                "SELECT 1 FROM invoice_draft_lines WHERE organization_id = %s AND appointment_id = %s",
                [event.organization_id, event.appointment_id],
            ).fetchone()
            is None
        ):
            if time.monotonic() - started > START_SECONDS:
                raise TimeoutError("an event led to no draft")
            time.sleep(LOOK_SECONDS)
        return time.monotonic() - started

    def _tell(self, events: int, together: int) -> None:
        def some(session: Session, how_many: int) -> None:
            for _ in range(how_many):
                outbox.add(session, _event(self._practice))

        database: Database = self._clinical
        for first in range(0, events, together):
            how_many = min(together, events - first)
            database.run(lambda session, n=how_many: some(session, n), UUID(self._practice.organization_id))

    def _drafts(self, since: UUID) -> int:
        """The drafts of appointments made since this id, whose time is in it: what was there before costs nothing."""
        drafts = "SELECT count(*) FROM invoice_draft_lines WHERE organization_id = %s AND appointment_id >= %s"
        found = self._billing.execute(drafts, [self._practice.organization_id, since]).fetchone()
        return int(found[0]) if found else 0

    @staticmethod
    def _overdue() -> Callable[[], bool]:
        deadline = time.monotonic() + DRAIN_SECONDS
        return lambda: time.monotonic() > deadline


def _consumers(bus_url: str) -> int:
    connection = pika.BlockingConnection(pika.URLParameters(bus_url))
    try:
        return int(connection.channel().queue_declare(QUEUE, passive=True).method.consumer_count)
    finally:
        connection.close()


def _event(practice: Practice) -> AppointmentDocumented:
    return AppointmentDocumented(
        organization_id=UUID(practice.organization_id),
        appointment_id=new_id(),
        client_id=new_id(),
        version=1,
        case_id=new_id(),
        note_id=new_id(),
        service_type_id=UUID(practice.service_type_id),
        rendering_staff_id=UUID(practice.staff_ids["owner"]),
        service_date=date(2026, 10, 6),
        minutes=55,
        diagnosis_codes=("F41.1",),
    )
