"""A process's own private key: the newest file `<owner>.<n>.pem` in its folder, so that a rotation needs no restart.

A fresh key is used only when its file has lain there for some seconds: by then every process has read the public half,
which is always written first. A verifier keeps the old public half until nothing signed with it is under way.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Final

from shared import clock, texts
from shared.settings import MissingSetting

LOOK_AGAIN_SECONDS: Final = 1.0
SETTLE_SECONDS: Final = 5.0  # five times as long as anybody takes to read the public half


class SigningKeyFile:
    """Which private key file to sign with just now. Thread-safe; looks at the folder at most once a second."""

    def __init__(self, file: Path) -> None:
        """`file` names any one of the owner's keys, there or not: its folder and its name's first part count."""
        self._folder = file.parent
        self._owner = file.name.partition(".")[0]
        self._suffix = file.suffix
        self._lock = threading.Lock()
        self._looked_at = float("-inf")
        self._current: Path | None = None

    def current(self) -> Path:
        """The newest settled key file; raises `MissingSetting` when there is none at all."""
        with self._lock:
            if self._current is None or clock.monotonic() - self._looked_at >= LOOK_AGAIN_SECONDS:
                self._looked_at = clock.monotonic()
                self._current = self._newest_settled()
            return self._current

    def all(self) -> list[Path]:
        """Every private key file of the owner, oldest first."""
        return key_files(self._folder, self._owner, self._suffix)

    def _newest_settled(self) -> Path:
        files = self.all()
        if not files:
            raise MissingSetting(f"there is no key {self._owner}.<n>{self._suffix} in {self._folder}")
        now = clock.now().timestamp()
        settled = [file for file in files if (written := _written_at(file)) and now - written >= SETTLE_SECONDS]
        # When none has settled yet the stack is being set up: the oldest is the one that everybody has.
        return settled[-1] if settled else files[0]


def _written_at(file: Path) -> float | None:
    """None: a rotation has taken it away between two looks."""
    try:
        return file.stat().st_mtime
    except FileNotFoundError:
        return None


def key_files(folder: Path, owner: str, suffix: str = ".pem") -> list[Path]:
    """The files `<owner>.<n>.pem` of a folder by their number; those of keys that are shared have another suffix."""
    numbers = {file: texts.whole_number(file.stem.rpartition(".")[2]) for file in folder.glob(f"{owner}.*{suffix}")}
    found = [file for file, number in numbers.items() if number is not None]
    return sorted(found, key=key_number)


def key_number(file: Path) -> int:
    """The number in a key file's name."""
    return int(file.stem.rpartition(".")[2])
