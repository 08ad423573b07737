"""The files that the practice imports: its clients from an earlier program, and inquiries of its website."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from embedded.demo.team import Member

FOLDER: Final = Path(__file__).parent
CLIENTS: Final = FOLDER / "clients.csv"  # its first row is the demo's first client, and so on
INQUIRIES: Final = FOLDER / "inquiries.csv"  # one is new, one is a client, one cannot be read
ARRIVED: Final[Mapping[str, str | None]] = {"Arrived On": "intake_date"}  # no list in general has such a header
WAIT_SECONDS: Final = 60
LOOK_SECONDS: Final = 0.2
ROWS_MAX: Final = 100


def bring(importer: Member, file: Path, mapping: Mapping[str, str | None]) -> list[dict[str, Any]]:
    """Upload a file, wait until its rows are checked, add its clients; returns the rows.

    `mapping`: header -> fact, for columns that are not recognized. Raises `ApiError`, `TimeoutError`.
    """
    begun = importer.upload("/client-imports", file.name, file.read_bytes(), mapping=json.dumps(mapping))
    path = f"/client-imports/{begun['id']}"
    _wait(importer, path)
    importer.post(f"{path}/commit", expect=202)
    _wait(importer, path)
    return list(importer.get(f"{path}/rows", limit=ROWS_MAX)["items"])


def _wait(importer: Member, path: str) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while (state := importer.get(path)["state"]) in ("queued", "running"):
        if time.monotonic() > deadline:
            raise TimeoutError(f"an import was not done within {WAIT_SECONDS} s")
        time.sleep(LOOK_SECONDS)  # its job is at work
    if state != "done":
        raise AssertionError(f"an import of the demo is {state}")
