"""The processes of a service without a web server, in two roles: `worker` and `jobs`.

The worker moves events: relay, consumer, receipts, the dead letters of the bus, the audit trail. Jobs are the rest:
what commands put off (`shared.jobs`), mail, purge. Each part is a thread with connections of its own. SIGTERM finishes
what is in hand and exits 0.
A part of the event path that fails for a reason that we did not foresee ends the process, so that its keeper starts a
fresh one. Any other part begins again by itself, later each time: what fails there must not stop the others.
"""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from prometheus_client import REGISTRY, Counter

from shared import clock, listener, logs
from shared.audit_feed import AuditFeed
from shared.back_off import BackOff
from shared.contracts.audit import RECORDED
from shared.contracts.envelope import opens, seals
from shared.database.purge import Purge
from shared.database.session import Database
from shared.database.waiting_metrics import WaitingCollector
from shared.jobs.metrics import JobCollector
from shared.jobs.runner import Runner
from shared.keys import bus
from shared.keys.event_signature import Signer, Verifier
from shared.keys.public import PublicKeys
from shared.messaging.bus import connect
from shared.messaging.consumer import Consumer
from shared.messaging.dead_letter_store import DeadLetterDrain
from shared.messaging.metrics import StateCollector
from shared.messaging.reading import Reader
from shared.messaging.receipts import Receipts
from shared.messaging.relay import Relay
from shared.messaging.second_look import SecondLook
from shared.service import Background, Role, Service
from shared.settings import BackgroundSettings, Environment, WorkerSettings

STOP_SECONDS: Final = 20.0  # for all parts together; the keeper, or Docker, kills the process after 25 s or more
SIGNALS_AT_ONCE: Final = 64

AGAIN_SECONDS: Final = (1.0, 60.0)  # after the first failure, and the longest
CALM_SECONDS: Final = 300.0  # a part that ran for so long has recovered

EVENT_PATH: Final = ("relay", "consumer", "receipts", "drain", "second_look")
PART_FAILURES = Counter(
    "caseload_worker_part_failures_total", "Times a worker's part failed and began again.", ["service", "part"]
)

# By name: what a process runs, and what must be true before it is ready.
Parts = dict[str, Background]
Checks = dict[str, Callable[[], bool]]


def main(service: Service, database: Database, environment: Environment, roles: Sequence[Role]) -> int:
    """Run the parts of these roles until SIGTERM or SIGINT; returns the exit status."""
    settings = BackgroundSettings.load(environment)
    # Jobs may tell something sealed too, where they have the keys; the worker must be able to read what comes.
    bus.follow(environment, needed="worker" in roles and (seals(service.name) or opens(service.name)))
    parts: Parts = {}
    checks: Checks = {}
    if "worker" in roles:
        event_parts, event_checks = _event_path(service, database, environment)
        parts |= event_parts
        checks |= event_checks
    if "jobs" in roles:
        parts["purge"] = Purge(service.name, database, service.expired).run
        checks["database"] = database.ready
        if service.jobs:
            parts["runner"] = Runner(service.name, database, settings.database_url, service.jobs).run
            if settings.metrics_port:
                REGISTRY.register(JobCollector(service.name, database))
    own = {name: part for name, part in service.background.items() if part.role in roles}
    parts |= {name: part.make(database, environment) for name, part in own.items()}
    if settings.metrics_port:
        for queue in (part.queue for part in own.values() if part.queue is not None):
            REGISTRY.register(WaitingCollector(service.name, database, queue))
        listener.serve(
            settings.metrics_host,
            settings.metrics_port,
            lambda: [name for name, is_ready in checks.items() if not is_ready()],
        )
    stop = threading.Event()
    heed_signals(stop)
    return run_parts(service.name, parts, stop)


def heed_signals(stop: threading.Event) -> None:
    """From now on SIGTERM and SIGINT set `stop`. For the main thread.

    A thread does so, which Python tells of each signal through a socket. A handler may not: a second signal may come
    while the first one is being handled, and would wait for the event's lock for ever. A parent that dies sends one
    signal for each of its threads.
    """
    heard, written = socket.socketpair()
    written.setblocking(False)
    signal.set_wakeup_fd(written.detach(), warn_on_full_buffer=False)  # open as long as the process lives

    def listen() -> None:
        while heard.recv(SIGNALS_AT_ONCE):
            stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    threading.Thread(target=listen, name="signals", daemon=True).start()


def _event_path(service: Service, database: Database, environment: Environment) -> tuple[Parts, Checks]:
    """The parts of the role `worker` that every service has."""
    settings = BackgroundSettings.load(environment)
    events = WorkerSettings.load(environment)
    transport = connect(events.bus_url)
    signer = Signer(events.signing_key)
    verifier = Verifier(PublicKeys(events.public_keys))
    reader = Reader(service.name, verifier, service.handlers)
    consumer = Consumer(service.name, database, transport, verifier, service.handlers)
    relay = Relay(service.name, settings.database_url, transport, signer, events.settle_age_seconds)
    parts: Parts = {
        "relay": relay.run,
        "consumer": consumer.run,
        "receipts": Receipts(service.name, settings.database_url, transport, signer, consumer.applied).run,
        "drain": DeadLetterDrain(service.name, database, transport, verifier, consumer.applied).run,
        "second_look": SecondLook(service.name, database, transport, reader).run,
    }
    if service.name in RECORDED:
        parts["audit"] = AuditFeed(service.name, database).run
    if settings.metrics_port:
        REGISTRY.register(StateCollector(service.name, database, transport))
    return parts, {"relay": lambda: relay.connected, "consumer": lambda: consumer.connected}


def run_parts(service: str, parts: Mapping[str, Background], stop: threading.Event) -> int:
    """Run each part in a thread until `stop` is set; returns the exit status.

    It is 1 when a part of the event path died, or when a part did not end within `STOP_SECONDS`.
    """
    died = threading.Event()

    def guarded(name: str) -> None:
        try:
            if name in EVENT_PATH:
                parts[name](stop)
            else:
                keep_running(service, name, parts[name], stop)
            if not stop.is_set():
                raise RuntimeError("the part ended although nobody told it to")
        except Exception as error:
            logs.get().critical("worker_part_died", part=name, error=error)
            died.set()
            stop.set()

    threads = [threading.Thread(target=guarded, args=(name,), name=name, daemon=True) for name in parts]
    for thread in threads:
        thread.start()
    logs.get().info("worker_started", parts=list(parts))
    stop.wait()
    unfinished = join_all(threads, STOP_SECONDS)
    logs.get().info("worker_stopped", unfinished=unfinished)
    return 1 if died.is_set() or unfinished else 0


def join_all(threads: Sequence[threading.Thread], seconds: float) -> list[str]:
    """Wait for all threads together, at most `seconds`; returns the names of those that are still running."""
    deadline = clock.monotonic() + seconds
    for thread in threads:
        thread.join(max(0.0, deadline - clock.monotonic()))
    return [thread.name for thread in threads if thread.is_alive()]


def keep_running(service: str, name: str, run: Background, stop: threading.Event) -> None:
    """Run a part until `stop` is set; when it fails it begins again after a while, longer each time in a row."""
    back_off = BackOff(*AGAIN_SECONDS)
    while not stop.is_set():
        began = clock.monotonic()
        try:
            run(stop)
            return
        except Exception as error:
            if clock.monotonic() - began > CALM_SECONDS:
                back_off.succeeded()
            seconds = back_off.failed()
            PART_FAILURES.labels(service, name).inc()
            logs.get().error("worker_part_failed", part=name, failures=back_off.failures, error=error)
        stop.wait(seconds)
