"""The moved clock of a demo: its processes live a past, and come to real time when it has been played (ADR 21)."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from typing import Final

from embedded.home import Home

FILE: Final = "past.json"


class NotFresh(Exception):
    """The data folder holds something already; the text says what to do."""


class Past:
    """How far behind the real time the processes of one stack are. It begins in an empty folder, and runs forward."""

    def __init__(self, home: Home, starts_at: datetime) -> None:
        """Raises `NotFresh` where the folder has a database: no date of a practice that exists is ever falsified."""
        if home.postgres.exists():
            raise NotFresh(
                f"{home.folder} holds a practice already, or a demo that was interrupted. "
                "Name another folder (CASELOAD_DATA=…) or delete this one."
            )
        self.file = home.folder / FILE
        self._behind = datetime.now(UTC) - starts_at
        self._write()

    def now(self) -> datetime:
        """The present instant of the stack."""
        return datetime.now(UTC) - self._behind

    def move_to(self, instant: datetime) -> None:
        """Make it `instant` now, unless it is later already: time never runs backwards, and never ahead."""
        self._behind = max(timedelta(), min(self._behind, datetime.now(UTC) - instant))
        self._write()

    def end(self) -> None:
        """Real time, for good."""
        self.file.unlink(missing_ok=True)
        self._behind = timedelta()

    def _write(self) -> None:
        fresh = self.file.with_suffix(".new")
        fresh.write_text(
            json.dumps({"keeper": os.getpid(), "behind_seconds": self._behind.total_seconds()}), encoding="utf-8"
        )
        fresh.replace(self.file)
