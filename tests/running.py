"""The whole stack under test: the embedded one as `make up` starts it, on either bus."""

from __future__ import annotations

import os
import signal
import tempfile
import threading
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg

from embedded.home import Home
from embedded.stack import Stack
from shared.database.local_postgres import free_port
from shared.services import SERVICES
from shared.testing.waiting import wait_until

SETTLE_AGE_SECONDS = 2


@contextmanager
def running_stack(
    bus_url: str | None = None, settle_age: int = SETTLE_AGE_SECONDS, gateway: Mapping[str, str] | None = None
) -> Iterator[Stack]:
    """A stack in a folder of its own, kept running; everything ends with the block. `gateway`: settings of its own."""
    with tempfile.TemporaryDirectory(prefix="caseload-stack-", ignore_cleanup_errors=True) as folder:
        home = Home(Path(folder))
        home.enter()
        stack = Stack(home, free_port(), lambda _line: None, bus_url=bus_url, settle_age=settle_age)
        try:
            stack.start(lambda _what: None)
            assert stack.keeper is not None
            threading.Thread(target=stack.keeper.watch, daemon=True).start()
            if gateway:
                restart(stack, "gateway", **gateway)
                wait_until(lambda: _answers(stack), 30, "the gateway")
            yield stack
        finally:
            stack.stop()


def _answers(stack: Stack) -> bool:
    try:
        with urllib.request.urlopen(f"{stack.url}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def rows(stack: Stack, service: str, statement: str) -> list[tuple[object, ...]]:
    """What the superuser finds in a service's database."""
    url = stack.postgres.admin_url.rsplit("/", 1)[0] + f"/{service}"
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(statement.encode()).fetchall()


def count(stack: Stack, service: str, statement: str) -> int:
    """The single number that a query finds."""
    return int(str(rows(stack, service, statement)[0][0]))


def restart(stack: Stack, child: str, **environment: str) -> None:
    """End a process with SIGKILL and have it started again with these variables besides its own."""
    assert stack.keeper is not None
    kept = stack.keeper.child(child)
    kept.environment.update(environment)
    before = kept.process
    assert before is not None
    os.killpg(before.pid, signal.SIGKILL)
    before.wait()
    kept.crashes = 0
    wait_until(lambda: kept.process is not before and kept.alive(), 30, f"the restart of {child}")


@contextmanager
def frozen(stack: Stack, child: str) -> Iterator[None]:
    """A process that neither runs nor dies, as a machine out of memory has it."""
    assert stack.keeper is not None
    process = stack.keeper.child(child).process
    assert process is not None
    os.killpg(process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGCONT)


def settled(stack: Stack) -> bool:
    """Whether every outbox row of every service has all its receipts."""
    services = SERVICES
    return not sum(count(stack, s, "SELECT count(*) FROM outbox WHERE settled_at IS NULL") for s in services)
