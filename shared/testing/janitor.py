"""Takes away what tests leave: folders under /tmp, the processes that run on them, containers, single files.

A process of its own (this file as a script) does the work when the test process has ended. It sees the end of a pipe,
so it works after SIGINT, SIGTERM and SIGKILL as well. It imports the standard library only: it must start at once.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Final, Self

PROC: Final = Path("/proc")
STEP_SECONDS: Final = 0.02
SECONDS_PER_SIGNAL: Final = 3.0
CLOSE_SECONDS: Final = 60.0
# SIGINT first: PostgreSQL shuts down in order and returns its shared memory.
ENDING: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)


class Janitor:
    """This process's line to the one that clears up after it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,  # a Ctrl-C at the terminal is not for it
        )
        atexit.register(self.close)

    def watch(self, kind: str, name: str) -> None:
        """Announce a `folder`, `file` or `container` that must not outlive this process, before it is made."""
        self._say(f"+{kind} {name}\n")

    def forget(self, kind: str, name: str) -> None:
        """It is gone already."""
        self._say(f"-{kind} {name}\n")

    def close(self) -> None:
        """Have everything taken away that is still announced, and wait for that."""
        assert self._process.stdin is not None
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            self._process.stdin.close()
            self._process.wait(CLOSE_SECONDS)

    def _say(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line.encode())
        self._process.stdin.flush()


@cache
def janitor() -> Janitor:
    """The one janitor of this process, started when it is first needed."""
    return Janitor()


class Folder:
    """A temporary folder that ends with this process at the latest, and with it every process that runs on it."""

    def __init__(self, prefix: str) -> None:
        self.path = Path(tempfile.gettempdir()) / f"{prefix}{secrets.token_hex(8)}"
        janitor().watch("folder", str(self.path))
        self.path.mkdir(mode=0o700)

    def close(self) -> None:
        """End what still runs on it and delete it."""
        take_folder(str(self.path))
        janitor().forget("folder", str(self.path))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def processes_on(folder: str) -> list[int]:
    """The processes whose arguments or environment name the folder. Erlang's port mapper leaves every process group."""
    found = []
    for entry in PROC.glob("[0-9]*"):
        if int(entry.name) == os.getpid():
            continue
        try:
            described = (entry / "environ").read_bytes() + (entry / "cmdline").read_bytes()
        except OSError:
            continue  # it has just ended, or another user owns it
        if folder.encode() in described:
            found.append(int(entry.name))
    return found


def take_folder(folder: str) -> None:
    """End the processes on a folder, more firmly each time, and delete it."""
    for number in ENDING:
        for pid in processes_on(folder):
            with contextlib.suppress(OSError):
                os.kill(pid, number)
        deadline = time.monotonic() + SECONDS_PER_SIGNAL
        while (left := processes_on(folder)) and time.monotonic() < deadline:
            time.sleep(STEP_SECONDS)
        if not left:
            break
    shutil.rmtree(folder, ignore_errors=True)


def take_file(file: str) -> None:
    """Delete a file."""
    Path(file).unlink(missing_ok=True)


def take_container(name: str) -> None:
    """Remove a container with its volumes, running or not."""
    subprocess.run(["docker", "rm", "-f", "-v", name], check=False, capture_output=True)  # noqa: S607 - from PATH


TAKING: Final = {"folder": take_folder, "file": take_file, "container": take_container}


def main() -> None:
    """Read announcements until the pipe ends, then take away what is left, the newest first."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    announced: dict[str, None] = {}
    for line in sys.stdin:
        sign, thing = line[0], line[1:].rstrip("\n")
        if sign == "+":
            announced[thing] = None
        else:
            announced.pop(thing, None)
    for thing in reversed(announced):
        kind, _, name = thing.partition(" ")
        with contextlib.suppress(OSError):
            TAKING[kind](name)


if __name__ == "__main__":
    main()
