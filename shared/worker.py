"""The worker process: relay, consumer, receipts and the drain, each a thread with connections of its own.

SIGTERM finishes what is in hand and exits 0. A part of the event path that fails for a reason we did not foresee takes
the process with it, so that whoever keeps the process starts a fresh one. Any other part (mail, audit, purge …) begins
again by itself, later each time: what fails there must not stop the events.
"""

from __future__ import annotations

import random
import signal
import threading
from collections.abc import Callable
from typing import Final

from prometheus_client import REGISTRY

from shared import clock, logs
from shared.audit_feed import AuditFeed
from shared.contracts.audit import RECORDED
from shared.database.purge import Purge
from shared.database.session import Database
from shared.keys.event_signature import Signer, Verifier
from shared.keys.public import PublicKeys
from shared.messaging import metrics
from shared.messaging.bus import connect
from shared.messaging.consumer import Consumer
from shared.messaging.parking import BrokerDrain
from shared.messaging.receipts import Receipts
from shared.messaging.relay import Relay
from shared.service import Service
from shared.settings import Environment, WorkerSettings

DRAIN_SECONDS: Final = 20.0

AGAIN_SECONDS_MAX: Final = 60.0
CALM_SECONDS: Final = 300.0  # a part that ran for so long has recovered

EVENT_PATH: Final = ("relay", "consumer", "receipts", "drain")
PARTS: Final = {
    "worker": EVENT_PATH,
    "relay": ("relay",),
    "consumer": ("consumer", "receipts", "drain"),
}


def main(
    service: Service,
    database: Database,
    settings: WorkerSettings,
    environment: Environment,
    *,
    parts: str = "worker",
) -> int:
    """Run the named parts until SIGTERM or SIGINT; returns the exit status."""
    transport = connect(settings.bus_url)
    signer = Signer(settings.signing_key)
    verifier = Verifier(PublicKeys(settings.public_keys))
    consumer = Consumer(service.name, database, transport, verifier, service.handlers)
    relay = Relay(service.name, settings.database_url, transport, signer, settings.settle_age_seconds)
    receipts = Receipts(service.name, settings.database_url, transport, signer)
    drain = BrokerDrain(service.name, database, transport)
    runners: dict[str, Callable[[threading.Event], None]] = {
        "relay": relay.run,
        "consumer": consumer.run,
        "receipts": receipts.run,
        "drain": drain.run,
        **{name: make(database, environment) for name, make in service.background.items()},
    }
    if service.name in RECORDED:
        runners["audit"] = AuditFeed(service.name, database).run
    runners["purge"] = Purge(service.name, database, service.expired).run
    stop = threading.Event()
    died = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())

    def guarded(name: str) -> None:
        try:
            if name in EVENT_PATH:
                runners[name](stop)
            else:
                keep_running(service.name, name, runners[name], stop)
        except Exception as error:
            logs.get().critical("worker_part_died", part=name, error=error)
            died.set()
            stop.set()

    wanted = PARTS[parts] if parts != "worker" else tuple(runners)
    threads = [threading.Thread(target=guarded, args=(name,), name=name, daemon=True) for name in wanted]
    if settings.metrics_port:
        REGISTRY.register(metrics.StateCollector(service.name, database, transport))

        def waiting_for() -> list[str]:
            states = {"relay": relay.connected, "consumer": consumer.connected}
            return [name for name, connected in states.items() if name in wanted and not connected]

        metrics.serve(settings.metrics_host, settings.metrics_port, waiting_for)
    for thread in threads:
        thread.start()
    logs.get().info("worker_started", parts=list(wanted))
    # A signal's handler runs only between the main thread's instructions: wake up now and then.
    while not stop.wait(0.2):
        pass
    for thread in threads:
        thread.join(DRAIN_SECONDS)
    logs.get().info("worker_stopped")
    return 1 if died.is_set() or any(thread.is_alive() for thread in threads) else 0


def keep_running(service: str, name: str, run: Callable[[threading.Event], None], stop: threading.Event) -> None:
    """Run a part until `stop` is set; when it fails it begins again after a while, longer each time in a row."""
    failures = 0
    while not stop.is_set():
        began = clock.monotonic()
        try:
            run(stop)
            return
        except Exception as error:
            failures = 1 if clock.monotonic() - began > CALM_SECONDS else failures + 1
            metrics.PART_FAILURES.labels(service, name).inc()
            logs.get().error("worker_part_failed", part=name, failures=failures, error=error)
        stop.wait(min(AGAIN_SECONDS_MAX, 0.5 * 2 ** min(failures, 10)) * random.uniform(0.5, 1.0))
