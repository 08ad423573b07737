"""The plain job's rows, and the producer's side of the measure: commands come on standard input, answers are JSON."""

from __future__ import annotations

import json
import os
import sys
import time
import uuid
from collections.abc import Callable
from typing import Final

import psycopg

BODY: Final = "x" * 300
LOOK_SECONDS: Final = 0.0002  # far below what is measured, and leaves the processor to the workers
GIVE_UP_SECONDS: Final = 20.0
READY: Final = "ready"
DATABASE_URL: Final = os.environ.get("BENCH_DATABASE_URL", "")
BUS_URL: Final = os.environ.get("BENCH_BUS_URL", "")


class Notes:
    """Where notes are committed."""

    def __init__(self) -> None:
        self._connection = psycopg.connect(DATABASE_URL)

    def commit(self) -> str:
        """Commit a note; returns its id."""
        note = str(uuid.uuid4())
        with self._connection.transaction():
            self._connection.execute("INSERT INTO plain_notes (id, body) VALUES (%s, %s)", [note, BODY])
        return note


class Invoices:
    """Where the consumer commits what it made of a note."""

    def __init__(self) -> None:
        self._connection = psycopg.connect(DATABASE_URL)

    def commit(self, note: str) -> None:
        """Commit one invoice row."""
        with self._connection.transaction():
            self._connection.execute("INSERT INTO plain_invoices (id, note) VALUES (%s, %s)", [uuid.uuid4(), note])


def produce(
    publish: Callable[[str], object], commit: Callable[[], str] | None = None, invoices: str = "plain_invoices"
) -> None:
    """Do what standard input asks for until it ends: `latency N`, `send N`, `fill N` (published without a note)."""
    commit = commit or Notes().commit
    look = psycopg.connect(DATABASE_URL, autocommit=True)
    statement = f"SELECT 1 FROM {invoices} WHERE note = %s"

    def latency() -> float:
        started = time.monotonic()
        note = commit()
        publish(note)
        while look.execute(statement, [note]).fetchone() is None:
            if time.monotonic() - started > GIVE_UP_SECONDS:
                raise TimeoutError("a note led to no invoice")
            time.sleep(LOOK_SECONDS)
        return time.monotonic() - started

    print(READY, flush=True)
    for line in sys.stdin:
        command, times = line.split()
        if command == "latency":
            print(json.dumps([latency() for _ in range(int(times))]), flush=True)
        else:
            for _ in range(int(times)):
                publish(commit() if command == "send" else str(uuid.uuid4()))
            print(READY, flush=True)


def play(**roles: Callable[[], object]) -> None:
    """Run the role that the command line names."""
    roles[sys.argv[1]]()
