"""What goes through in one piece, in or out: how fast, and what memory the processes take for it meanwhile."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from bench import processor_time
from bench.idle import megabytes
from bench.measuring import head, row
from embedded.api_client import ApiClient
from embedded.stack import Stack
from tests.practice import Practice

LOOK_SECONDS: Final = 0.1  # between two looks at the memory
PIECE_BYTES: Final = 64 * 1024
MEMORY_GOAL_MB: Final = 64
UPLOADS: Final = 16
UPLOAD_BYTES: Final = 10 * 1000 * 1000
REPORT_SECONDS_MAX: Final = 300


@dataclass(slots=True)
class Growth:
    """By how much the memory of a process and its children grew at most, in MiB."""

    megabytes: float = 0.0


@contextmanager
def growth_of(pids: Sequence[int]) -> Iterator[Growth]:
    """Look at the memory of these processes again and again while the block runs."""
    growth, over = Growth(), threading.Event()
    before = _together(pids)

    def look() -> None:
        while not over.wait(LOOK_SECONDS):
            growth.megabytes = max(growth.megabytes, _together(pids) - before)

    watching = threading.Thread(target=look)
    watching.start()
    try:
        yield growth
    finally:
        over.set()
        watching.join()


def _together(pids: Sequence[int]) -> float:
    return sum(map(megabytes, processor_time.with_children(pids)))


def report(stack: Stack, practice: Practice) -> None:
    """A report of every client that there is, as a file of each kind."""
    processes = _processes(stack, "clients", "gateway")
    head("A report of all clients through the gateway: by how much gateway and service grew")
    for kind in ("csv", "xlsx"):
        with growth_of(processes) as growth:
            started = time.monotonic()
            received = _download(practice.owner, f"/reports/clients/no-consent?channel=phone&format={kind}")
            seconds = time.monotonic() - started
        memory_row(f"{kind}, {received / 1e6:.1f} MB in {seconds:.1f} s", growth)


def _download(client: ApiClient, path: str) -> int:
    """Read a file piece by piece, as a browser does that writes it to a disk; returns how many bytes it has."""
    response = client.session.get(f"{client.url}/api/v1{path}", stream=True, timeout=REPORT_SECONDS_MAX)
    assert response.status_code == 200, response.text
    return sum(map(len, response.iter_content(PIECE_BYTES)))


def uploads(stack: Stack, practice: Practice) -> None:
    """As many tables as somebody may hand over at once, each as large as one may be."""
    table = b"name,last name,email,level\n" + b"x" * (UPLOAD_BYTES - 100)
    clients = [practice.sign_in("owner") for _ in range(UPLOADS)]

    def upload(client: ApiClient) -> int:
        files = {"file": ("staff.csv", table, "text/csv")}
        return client.call("POST", "/staff/import", files=files, data={"dry_run": "true"}).status_code

    head(f"{UPLOADS} tables of {UPLOAD_BYTES / 1e6:.0f} MB at once")
    with growth_of(_processes(stack, "gateway")) as growth, ThreadPoolExecutor(UPLOADS) as pool:
        started = time.monotonic()
        statuses = list(pool.map(upload, clients))
        seconds = time.monotonic() - started
    answers = ", ".join(f"{statuses.count(status)} × {status}" for status in sorted(set(statuses)))
    memory_row(f"the gateway: {answers} in {seconds:.1f} s", growth)


def _processes(stack: Stack, *names: str) -> list[int]:
    assert stack.keeper is not None
    return [pid for name, pid in stack.keeper.processes().items() if name.split()[0] in names]


def memory_row(what: str, growth: Growth, goal: int = MEMORY_GOAL_MB) -> None:
    """By how much processes grew at most, and by how much they may, in MiB."""
    met = growth.megabytes <= goal
    row(what, f"+{growth.megabytes:.0f} MB", "", f"≤ {goal} MB", met=met, megabytes=growth.megabytes)
