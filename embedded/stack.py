"""The processes of the embedded stack: what each is started with."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Final

import psycopg

from embedded.home import Home
from embedded.keeper import Child, Keeper
from embedded.past import Past
from embedded.processes import Command, ForkedModule, Startable, load_ahead
from shared.clock import MOVED_CLOCK
from shared.database.local_postgres import LocalPostgres
from shared.database.roles import create_bus_database, create_service_database
from shared.ports import reserve_port
from shared.services import KEEP_FILES, SERVICES

ROOT: Final = Path(__file__).parent.parent
SESSIONS: Final = "identity sessions"
READY_SECONDS: Final = 60.0
HOST: Final = "127.0.0.1"
GATEWAY_LIMITS: Final = (
    "RATE_PER_ACCOUNT",
    "RATE_PER_ADDRESS",
    "RATE_FAILED_SIGN_INS_PER_ADDRESS",
    "RATE_SIGN_UPS_PER_ADDRESS",
    "AT_ONCE_PER_ACCOUNT",
    "ANONYMOUS_AT_ONCE_PER_ADDRESS",
    "AT_ONCE_PER_UPSTREAM",
    "TRUSTED_PROXIES",
)


class DidNotStart(Exception):
    """The stack did not become ready; the text says what is missing and where to look."""


class Stack:
    """PostgreSQL and every process of Caseload on one data folder."""

    def __init__(
        self,
        home: Home,
        port: int,
        say: Callable[[str], None],
        *,
        bus_url: str | None = None,
        settle_age: int = 120,
        past: Past | None = None,
    ) -> None:
        self.home = home
        self.port = port
        self.url = f"http://{HOST}:{port}"
        self._say = say
        self.postgres = LocalPostgres(home.postgres, durable=past is None)  # what a past leaves unwritten is invented
        self.keeper: Keeper | None = None
        self._bus_url = bus_url  # None: the embedded bus
        self._settle_age = settle_age
        self._past = past  # None: the clock is the machine's
        self.ports: dict[str, int] = {}

    def start(self, step: Callable[[str], None]) -> None:
        """Start everything and wait until it can serve; raises `DidNotStart`. `step` names what is being done."""
        step("PostgreSQL")
        load_ahead()
        self.postgres.start()
        step("databases")
        self._create_databases()
        step("migrations")
        self._migrate()
        step("services")
        self.ports = {name: reserve_port() for s in SERVICES for name in (s, f"{s} worker")}
        self.ports |= {SESSIONS: reserve_port(), "gateway operations": reserve_port()}
        self.keeper = Keeper(self.children(), self._say)
        self.keeper.start()
        self._wait_until_ready()

    def stop(self) -> None:
        """Stop every process, PostgreSQL last."""
        if self.keeper is not None:
            self.keeper.stop()
        self.postgres.stop()

    def past_has_ended(self) -> None:
        """From now on every process runs at real time, also one that has to be started again."""
        assert self._past is not None
        assert self.keeper is not None
        self._past.end()
        for child in self.keeper.children:
            child.environment.pop(MOVED_CLOCK, None)

    def children(self) -> list[Child]:
        """Every process but PostgreSQL, in starting order."""
        webs = [*(self._web(service, f"{service} web", self.ports[service]) for service in SERVICES)]
        # Whose session it is, is asked of a process that hashes no stranger's password.
        webs.append(self._web("identity", SESSIONS, self.ports[SESSIONS]))
        workers = [self._worker(service) for service in SERVICES]
        return [*webs, *workers, self._gateway()]

    def _create_databases(self) -> None:
        passwords = self.home.passwords()
        for service in SERVICES:
            create_service_database(self.postgres.admin_url, service, passwords)
        create_bus_database(self.postgres.admin_url, passwords["bus"])

    def _migrate(self) -> None:
        """All four at once, for they share nothing; those that are at their newest revision already are left alone."""
        running = {
            service: self._module(f"{service} migrate", f"services.{service}", "migrate").start(
                self._environment(OWNER_DATABASE_URL=self.database_url(service, "owner"))
            )
            for service in SERVICES
            if not self._is_newest(service)
        }
        for service, process in running.items():
            output = process.output.read()
            process.wait()
            if process.ended():
                raise DidNotStart(f"the migrations of {service} failed:\n{output.decode(errors='replace')[-2000:]}")

    def _is_newest(self, service: str) -> bool:
        """Whether the database names the last revision file's revision: cheaper to ask than to start Alembic for."""
        last = max((ROOT / "services" / service / "migrations").glob("*.py"))
        found = re.search(r'^revision = "(.+)"$', last.read_text(encoding="utf-8"), re.MULTILINE)
        try:
            with psycopg.connect(self.database_url(service, "owner")) as connection:
                row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        except psycopg.errors.UndefinedTable:
            return False
        return found is not None and row is not None and row[0] == found.group(1)

    def _wait_until_ready(self) -> None:
        named = [SESSIONS, *(f"{service} worker" for service in SERVICES)]
        waiting = {"gateway": self.url} | {name: f"http://{HOST}:{self.ports[name]}" for name in named}
        deadline = time.monotonic() + READY_SECONDS
        assert self.keeper is not None
        while waiting:
            ensure_none_ended(self.keeper)
            waiting = {name: url for name, url in waiting.items() if not _is_ready(url)}
            if time.monotonic() > deadline:
                raise DidNotStart(f"not ready after {READY_SECONDS:.0f} s: {', '.join(waiting)}; see {self.home.logs}")
            time.sleep(0.1)

    def database_url(self, service: str, role: str) -> str:
        """The address of a service's database for a role: `owner`, `app`, `worker` or `signin`."""
        return self.postgres.url(f"{service}_{role}", self.home.passwords()[f"{service}_{role}"], service)

    def _environment(self, **values: str) -> dict[str, str]:
        """As little as possible of ours: where programs are, and what is given."""
        kept = _given("PATH", "HOME", "LANG", "TZ", "LOG_LEVEL")
        return {**kept, "PYTHONPATH": str(ROOT), "PUBLIC_KEYS_DIR": str(self.home.public_keys), **values}

    def _web(self, service: str, name: str, port: int) -> Child:
        return self._child(
            name,
            self._gunicorn(service, name, port, threads=8),
            DATABASE_URL=self.database_url(service, "app"),
            SECRETS_KEY=self.home.secrets_key(),
            BUS_KEYS_DIR=str(self.home.bus_keys()),
            **(self._sign_in() if service == "identity" else {}),
            **(self._files() if service in KEEP_FILES else {}),
        )

    def _worker(self, service: str) -> Child:
        return self._child(
            f"{service} worker",
            self._module(f"{service} worker", f"services.{service}", "background"),
            **self._worker_settings(service),
            METRICS_PORT=str(self.ports[f"{service} worker"]),
            **(self._mail() if service == "identity" else {}),
            **(self._files() if service in KEEP_FILES else {}),
        )

    def _worker_settings(self, service: str) -> dict[str, str]:
        return {
            "WORKER_DATABASE_URL": self.database_url(service, "worker"),
            "BUS_URL": self._bus_url or self.postgres.url("bus", self.home.passwords()["bus"], "bus"),
            "SIGNING_KEY_FILE": str(self.home.private_key(service)),
            "BUS_KEYS_DIR": str(self.home.bus_keys()),
            "SETTLE_AGE_SECONDS": str(self._settle_age),
        }

    def run_command(self, service: str, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
        """Run `python -m services.<service> …` against the running stack, `given` on its standard input."""
        command = [sys.executable, "-W", "ignore", "-m", f"services.{service}", *arguments]
        environment = self._environment(**self._worker_settings(service))
        return subprocess.run(
            command, env=environment, cwd=ROOT, input=given, capture_output=True, text=True, check=False
        )

    def _sign_in(self) -> dict[str, str]:
        """For which address passkeys are, and which passwords are known to have leaked."""
        return {
            "PUBLIC_URL": self._public_url(),
            **_given("BREACHED_PASSWORDS_FILE"),
        }

    def _files(self) -> dict[str, str]:
        """Where files lie, and the keys that they hang on."""
        return {"FILES_DIR": str(self.home.files), "DATA_KEYS_DIR": str(self.home.data_keys())}

    def _mail(self) -> dict[str, str]:
        """Where identity's mail goes: to the SMTP server of the environment, else into the mailbox."""
        return {
            "MAILBOX_DIR": str(self.home.mailbox),
            "PUBLIC_URL": self._public_url(),
            **_given("SMTP_URL", "MAIL_FROM"),
        }

    def _public_url(self) -> str:
        # By the name that browsers take for a safe place, as the stack prints it.
        return os.environ.get("PUBLIC_URL", self.url.replace(HOST, "localhost"))

    def _gateway(self) -> Child:
        upstreams = {f"{s.upper()}_URL": f"http://{HOST}:{self.ports[s]}" for s in SERVICES}
        upstreams["IDENTITY_SESSIONS_URL"] = f"http://{HOST}:{self.ports[SESSIONS]}"
        return self._child(
            "gateway",
            Command(  # not forked: gevent must patch the standard library before anything is loaded
                [
                    *(sys.executable, "-W", "ignore", "-m", "gunicorn", "gateway.app:create_app()"),
                    *("--config", "python:gateway.server", "--chdir", str(ROOT)),
                    *("--bind", f"{HOST}:{self.port}", "--bind", f"{HOST}:{self.ports['gateway operations']}"),
                ]
            ),
            SIGNING_KEY_FILE=str(self.home.private_key("gateway")),
            METRICS_PORT=str(self.ports["gateway operations"]),
            PUBLIC_URL=self._public_url(),
            **upstreams,
            **_given(*GATEWAY_LIMITS),
        )

    def _gunicorn(self, service: str, name: str, port: int, threads: int) -> ForkedModule:
        return self._module(
            name,
            "gunicorn",
            f"services.{service}.app:create_app()",
            *("--bind", f"{HOST}:{port}", "--name", self._title(name)),
            *("--worker-class", "gthread", "--workers", "1", "--threads", str(threads)),
            *("--chdir", str(ROOT), "--no-control-socket", "--graceful-timeout", "20", "--keep-alive", "75"),
            *("--limit-request-line", "4094", "--limit-request-fields", "64", "--limit-request-field_size", "8190"),
            *("--log-level", "warning"),
        )

    def _module(self, name: str, module: str, *arguments: str) -> ForkedModule:
        return ForkedModule(self._title(name), module, arguments)

    def _title(self, name: str) -> str:
        """What `ps` shows: which process this is, and of which data folder."""
        return f"caseload {name} on {self.home.folder}"

    def _child(self, name: str, command: Startable, **values: str) -> Child:
        log = self.home.logs / f"{name.replace(' ', '-')}.log"
        moved = {MOVED_CLOCK: str(self._past.file)} if self._past else {}
        return Child(name, command, self._environment(**values, **moved), log)


def ensure_none_ended(keeper: Keeper) -> None:
    """Raises `DidNotStart` with what a child said that ended during the start, whichever it is."""
    if ended := keeper.ended():
        reasons = "\n".join(f"{child.name} did not start: {child.why_it_ended()} (see {child.log})" for child in ended)
        raise DidNotStart(reasons)


def port_is_free(port: int) -> bool:
    """Whether the gateway could listen there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _given(*names: str) -> dict[str, str]:
    """Those settings that the environment names."""
    return {name: os.environ[name] for name in names if name in os.environ}


def _is_ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=2) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False
