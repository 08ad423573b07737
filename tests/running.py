"""The whole stack under test: the embedded one as `make up` starts it, on either bus."""

from __future__ import annotations

import copy
import dataclasses
import os
import signal
import subprocess
import threading
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

from embedded.home import Home
from embedded.keeper import Child, Keeper
from embedded.processes import ForkedModule
from embedded.stack import Stack
from shared.database.local_postgres import LocalPostgres
from shared.ports import reserve_port
from shared.services import SERVICES
from shared.testing import superuser
from shared.testing.janitor import Folder
from shared.testing.waiting import wait_until
from tests.cheap_passwords import REALLY_HASH

SETTLE_AGE_SECONDS = 2
HASHES = "identity web"  # the process that hashes passwords


class TestStack(Stack):
    """The stack with settings of its own for the gateway; `durable=False` for tests that pull no plugs.

    Where nothing is durable passwords are cheap too, see `tests.cheap_passwords`.
    """

    __test__ = False

    def __init__(
        self,
        home: Home,
        bus_url: str | None,
        settle_age: int,
        gateway: Mapping[str, str] | None = None,
        *,
        durable: bool = True,
    ) -> None:
        super().__init__(home, reserve_port(), lambda _line: None, bus_url=bus_url, settle_age=settle_age)
        self.postgres = LocalPostgres(home.postgres, durable=durable)
        self._gateway_settings = dict(gateway or {})
        self._durable = durable

    def children(self) -> list[Child]:
        """Every process but PostgreSQL."""
        children = super().children()
        _gateway_of(children).environment.update(self._gateway_settings)
        if not self._durable:
            _hash_in_no_time(next(child for child in children if child.name == HASHES))
        temporary(self).mkdir(exist_ok=True)
        for child in children:
            child.environment["TMPDIR"] = str(temporary(self))
        for child in children if self._durable else ():
            child.environment["FAILPOINT"] = str(self._armed(child.name))
        return children

    def arm(self, child: str, place: str) -> Path:
        """Have a process die when it next passes a place (`shared.failpoints`); the file is gone when it did."""
        assert self.keeper is not None
        self.keeper.child(child).crashes = 0  # it was for a test that it died before: no back-off
        armed = self._armed(child)
        written = armed.with_suffix(".new")
        written.write_text(place, encoding="utf-8")
        return written.rename(armed)

    def _armed(self, child: str) -> Path:
        return self.home.folder / f"failpoint of {child}"

    def prepare(self) -> None:
        """The databases with their newest schema, and nothing running."""
        self.postgres.start()
        self._create_databases()
        self._migrate()
        self.postgres.stop()

    def stop(self) -> None:
        """Stop every process; at once where nothing is to be kept, for an orderly end takes seconds."""
        if self.keeper is not None and not self._durable:
            self.keeper.stopping.set()
            for pid in self.keeper.processes().values():
                with suppress(ProcessLookupError):  # it has just ended by itself
                    os.killpg(pid, signal.SIGKILL)
        super().stop()


def temporary(stack: Stack) -> Path:
    """Where the processes of a stack under test put what is temporary."""
    return stack.home.folder / "temporary"


def _gateway_of(children: list[Child]) -> Child:
    return next(child for child in children if child.name == "gateway")


def _hash_in_no_time(identity: Child) -> None:
    usual = identity.command
    assert isinstance(usual, ForkedModule)
    identity.command = dataclasses.replace(
        usual, module="tests.cheap_passwords", arguments=(usual.module, *usual.arguments)
    )


@cache
def _prepared() -> Path:
    """A data folder with migrated, empty databases, made once per process: every stack begins with a copy of it."""
    folder = Folder("caseload-prepared-").path
    home = Home(folder / "home")
    home.enter()
    TestStack(home, None, SETTLE_AGE_SECONDS, durable=False).prepare()
    return home.folder


@contextmanager
def running_stack(
    bus_url: str | None = None,
    settle_age: int = SETTLE_AGE_SECONDS,
    gateway: Mapping[str, str] | None = None,
    *,
    durable: bool = True,
) -> Iterator[TestStack]:
    """A stack in a folder of its own, kept running; everything ends with the block. `gateway`: settings of its own."""
    with Folder("caseload-stack-") as folder:
        subprocess.run(["cp", "-a", str(_prepared()), str(folder.path / "home")], check=True)
        home = Home(folder.path / "home")
        home.enter()
        stack = TestStack(home, bus_url, settle_age, gateway, durable=durable)
        try:
            stack.start(lambda _what: None)
            assert stack.keeper is not None
            threading.Thread(target=stack.keeper.watch, daemon=True).start()
            yield stack
        finally:
            stack.stop()


@contextmanager
def another_gateway(stack: Stack, **settings: str) -> Iterator[str]:
    """One more gateway before the same services, with the product's own settings but these; gives its address."""
    beside = copy.copy(stack)
    beside.port = reserve_port()
    beside.ports = {**stack.ports, "gateway operations": reserve_port()}
    child = _gateway_of(Stack.children(beside))
    child.environment.update(settings)
    child.log = child.log.with_name("another-gateway.log")
    keeper = Keeper([child], lambda _line: None)
    keeper.start()
    try:
        url = stack.url.replace(str(stack.port), str(beside.port))
        wait_until(lambda: _answers(url), 30, "another gateway")
        yield url
    finally:
        keeper.stop()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=2) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def rows(stack: Stack, service: str, statement: str) -> list[tuple[object, ...]]:
    """What the superuser finds in a service's database."""
    url = stack.postgres.admin_url.rsplit("/", 1)[0] + f"/{service}"
    return superuser.found(url, statement)


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
def really_hashing(stack: Stack) -> Iterator[None]:
    """While the block runs passwords cost what they cost in production, for tests that measure it."""
    assert stack.keeper is not None
    identity = f"http://127.0.0.1:{stack.ports['identity']}"
    restart(stack, HASHES, **{REALLY_HASH: "yes"})
    wait_until(lambda: _answers(identity), 30, "identity with the product's own hashing")
    try:
        yield
    finally:
        del stack.keeper.child(HASHES).environment[REALLY_HASH]
        restart(stack, HASHES)
        wait_until(lambda: _answers(identity), 30, "identity as it was")


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
