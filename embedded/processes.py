"""How a process of the stack starts: as a command of its own, or forked from a process that has loaded what all share.

Loading Flask, SQLAlchemy and the rest takes a second of processor time and 50 MB. The eight processes of the services
share both: `multiprocessing`'s fork server loads them once. Each still loads its own service after the fork, gets an
environment of its own and nothing of another's.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import runpy
import signal
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from multiprocessing import connection, forkserver
from typing import IO, Final, Protocol

import setproctitle

from shared.database.local_postgres import die_with_parent

SHARED: Final = (
    "gunicorn.app.wsgiapp",
    "gunicorn.workers.gthread",
    "shared.command_line",
    "shared.database.migration",
    "shared.service",
    "shared.web.fields",
    "webauthn",
    "zxcvbn",  # its lists of words take 12 MB, and three processes hold them
)
_CONTEXT: Final = multiprocessing.get_context("forkserver")


class Running(Protocol):
    """A process that was started. `output` is what it writes to standard output and standard error."""

    pid: int
    output: IO[bytes]

    def ended(self) -> int | None:
        """None while it runs; then its exit status, or the negative number of the signal that killed it."""

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until it has ended, `seconds` at most; returns whether it has."""


class Startable(Protocol):
    """What `Child` needs to know to start its process."""

    def start(self, environment: Mapping[str, str]) -> Running:
        """Start it in a process group of its own; it gets SIGTERM when the process that started it dies."""


@dataclass(frozen=True, slots=True)
class Command:
    """A program and its arguments."""

    arguments: Sequence[str]

    def start(self, environment: Mapping[str, str]) -> Running:
        """Start it with this environment."""
        return _Executed(
            subprocess.Popen(
                list(self.arguments),
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=lambda: die_with_parent(signal.SIGTERM),
            )
        )


@dataclass(frozen=True, slots=True)
class ForkedModule:
    """`python -m module …`, forked from a process that has loaded `SHARED`. `title` is what `ps` shows."""

    title: str
    module: str
    arguments: Sequence[str]

    def start(self, environment: Mapping[str, str]) -> Running:
        """Fork it with this environment. The first call starts the fork server, unless `load_ahead` has."""
        load_ahead()
        output, written = _CONTEXT.Pipe(duplex=False)
        process = _CONTEXT.Process(
            target=_run,
            args=(self.title, self.module, tuple(self.arguments), dict(environment), written),
            daemon=True,
        )
        process.start()
        written.close()
        return _Forked(process, output)


def load_ahead() -> None:
    """Start the fork server where none runs; it loads `SHARED` while the caller does something else."""
    _CONTEXT.set_forkserver_preload(list(SHARED))
    forkserver.ensure_running()


class _Executed:
    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        self.pid = process.pid
        self.output: IO[bytes] = process.stdout
        self._process = process

    def ended(self) -> int | None:
        return self._process.poll()

    def wait(self, seconds: float | None = None) -> bool:
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True


class _Forked:
    def __init__(self, process: multiprocessing.process.BaseProcess, output: connection.Connection) -> None:
        assert process.pid is not None
        self.pid = process.pid
        self.output: IO[bytes] = os.fdopen(os.dup(output.fileno()), "rb")
        output.close()
        self._process = process
        self._asking = threading.Lock()  # the fork server says once how a process ended, to one who asks

    def ended(self) -> int | None:
        with self._asking:
            return self._process.exitcode

    def wait(self, seconds: float | None = None) -> bool:
        return self.ended() is not None or (
            bool(connection.wait([self._process.sentinel], seconds)) and self.ended() is not None
        )


def _run(
    title: str, module: str, arguments: Sequence[str], environment: Mapping[str, str], output: connection.Connection
) -> None:
    """In the new process: become what `python -m module` is."""
    gc.freeze()  # what was loaded before the fork stays out of collections, and so in shared memory
    os.setsid()
    die_with_parent(signal.SIGTERM)
    os.dup2(output.fileno(), 1)
    os.dup2(output.fileno(), 2)
    output.close()
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))  # the fork server ends when only its starter's line to it is gone
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    setproctitle.setproctitle(title)
    warnings.simplefilter("ignore")
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
