"""Keeps child processes running: starts them in order, restarts what crashes, stops all in reverse.

Children die with the keeper, however it dies. Each one's output goes to a file of bounded size.
"""

from __future__ import annotations

import logging
import logging.handlers
import os
import re
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

from embedded.processes import Running, Startable
from shared.back_off import seconds_before_retry

STOP_SECONDS: Final = 25.0
BACK_OFF_SECONDS: Final = (0.4, 15.0)  # after the first crash, and the longest
STEADY_SECONDS: Final = 30.0  # having run this long, a crash counts as a first one again
LOG_BYTES_MAX: Final = 5_000_000
LOG_FILES: Final = 2
LOOK_SECONDS: Final = 1.0  # a child that ends says so; a look finds those whose output somebody else still holds
LINES_KEPT: Final = 50  # of what a child wrote, to say why it ended
READING_SECONDS: Final = 2.0  # what a child that ended has written is read by then
LOGGED: Final = ("[", "{", " ")  # how a line begins that a program logs, or that a traceback consists of
EXCEPTION: Final = re.compile(r"^[A-Za-z_][\w.]*: ")


@dataclass(slots=True)
class Child:
    """A process to keep: how to start it, and where its output goes."""

    name: str
    command: Startable
    environment: dict[str, str]
    log: Path
    process: Running | None = None
    started_at: float = 0.0
    crashes: int = 0
    restart_at: float | None = None
    writer: threading.Thread | None = field(default=None, repr=False)
    lines: deque[str] = field(default_factory=lambda: deque(maxlen=LINES_KEPT), repr=False)

    def start(self, has_ended: threading.Event) -> None:
        """Start it in a process group of its own, so that a Ctrl-C at the terminal reaches only the keeper.

        `has_ended` is set when it ends.
        """
        self.process = self.command.start(self.environment)
        self.started_at = time.monotonic()
        self.restart_at = None
        self.lines.clear()
        self.writer = threading.Thread(
            target=_follow, args=(self.process, self.log, self.lines, has_ended), daemon=True
        )
        self.writer.start()

    def alive(self) -> bool:
        """Whether it runs."""
        return self.process is not None and self.process.ended() is None

    def why_it_ended(self) -> str:
        """Its own last sentence, else with which status it ended. For a child that has ended."""
        if self.writer is not None:
            self.writer.join(READING_SECONDS)
        return last_sentence(self.lines) or _ending(self.process.ended() if self.process else None)


class Keeper:
    """Runs children until told to stop."""

    def __init__(self, children: Sequence[Child], say: Callable[[str], None]) -> None:
        self.children = list(children)
        self._say = say
        self._something_to_do = threading.Event()
        self.stopping = threading.Event()

    def start(self) -> None:
        """Start every child, in order."""
        for child in self.children:
            child.start(self._something_to_do)

    def watch(self) -> None:
        """Restart what crashes until `stopping` is set."""
        while not self.stopping.is_set():
            self._something_to_do.clear()
            for child in self.children:
                self._look_after(child)
            restarts = [child.restart_at - time.monotonic() for child in self.children if child.restart_at is not None]
            self._something_to_do.wait(max(0.0, min([LOOK_SECONDS, *restarts])))

    def stop(self) -> None:
        """SIGTERM to all in reverse order, then SIGKILL to what has not ended in time."""
        self.stopping.set()
        self._something_to_do.set()
        deadline = time.monotonic() + STOP_SECONDS
        running = [child for child in reversed(self.children) if child.alive()]
        for child in running:
            _signal(child, signal.SIGTERM)
        for child in running:
            assert child.process is not None
            if not child.process.wait(max(0.1, deadline - time.monotonic())):
                self._say(f"{child.name} did not stop in time and was killed")
                _signal(child, signal.SIGKILL)
                child.process.wait()

    def ended(self) -> list[Child]:
        """What was started and does not run, in starting order."""
        return [child for child in self.children if child.process is not None and not child.alive()]

    def child(self, name: str) -> Child:
        """The child of that name; raises `StopIteration` when there is none."""
        return next(child for child in self.children if child.name == name)

    def processes(self) -> dict[str, int]:
        """Name -> process id of what runs."""
        return {c.name: c.process.pid for c in self.children if c.process is not None and c.alive()}

    def _look_after(self, child: Child) -> None:
        if child.alive() or self.stopping.is_set():
            return
        now = time.monotonic()
        if child.restart_at is None:
            child.crashes = 1 if now - child.started_at > STEADY_SECONDS else child.crashes + 1
            wait = seconds_before_retry(child.crashes, *BACK_OFF_SECONDS)
            child.restart_at = now + wait
            status = child.process.ended() if child.process else None
            self._say(f"{child.name} ended ({_ending(status)}), starting it again in {wait:.0f} s; see {child.log}")
        elif now >= child.restart_at:
            child.start(self._something_to_do)


def last_sentence(lines: Iterable[str]) -> str:
    """The last line that is meant for people, without the name of an exception's class; "" where there is none."""
    written = [line.strip() for line in lines if line.strip() and not line.startswith(LOGGED)]
    return EXCEPTION.sub("", written[-1]) if written else ""


def _ending(status: int | None) -> str:
    if status is not None and status < 0:
        return f"killed by {signal.Signals(-status).name}"
    return f"exit status {status}"


def _signal(child: Child, number: int) -> None:
    assert child.process is not None
    try:
        os.killpg(child.process.pid, number)
    except ProcessLookupError:
        return  # it has just ended by itself


def _follow(process: Running, log: Path, lines: deque[str], has_ended: threading.Event) -> None:
    _write_output(process.output, log, lines)
    process.wait()
    has_ended.set()


def _write_output(output: IO[bytes], log: Path, lines: deque[str]) -> None:
    handler = logging.handlers.RotatingFileHandler(log, maxBytes=LOG_BYTES_MAX, backupCount=LOG_FILES)
    try:
        for line in output:
            text = line.decode("utf-8", "replace").rstrip("\n")
            lines.append(text)
            handler.emit(logging.LogRecord("child", logging.INFO, "", 0, text, None, None))
    finally:
        handler.close()
