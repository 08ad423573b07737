"""Reading a long table in a process of its own that may not grow or run for long: its rows come one at a time.

`python -m shared.spreadsheets.table_file <rows_max> <seconds>` is that process: it reads the file from its standard
input, and writes each row as a line of JSON to its standard output. What it refuses, it names on its standard error.
"""

from __future__ import annotations

import resource
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

import orjson

from shared.errors import TooMany
from shared.spreadsheets.spreadsheet import (
    ONE_AT_A_TIME,
    WORKBOOK,
    TooManyRows,
    UnreadableFile,
    csv_rows,
    parts_of,
    unpacks_to_much,
    workbook_rows_of,
)

OLD_CONTAINER: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # of an encrypted workbook, and of one before XLSX
ENCRYPTED_PART: Final = "EncryptedPackage".encode("utf-16-le")
ENCRYPTED_FLAG: Final = 0x1
MEMORY: Final = 512 * 1024 * 1024
SECONDS: Final = 7  # of processor time
WAIT_SECONDS: Final = 8  # in all
LINES_BYTES_MAX: Final = 256 * 1024 * 1024
REFUSED: Final = 3  # the exit code of a process that says why
PROBLEMS: Final = {
    "zip_bomb": "This workbook unpacks to much more than a list of people. Save it as CSV.",
    "too_many_rows": "There are more rows than are taken at once. Split the file.",
    "too_many_columns": "There are more columns than are taken. Delete those that nobody needs.",
    "unreadable": "This file cannot be read as a table. Save it as CSV or XLSX.",
    "encrypted": "This workbook is protected by a password. Save it without one.",
    "too_slow": "Reading this file takes too long. Save it as CSV, or split it.",
}


@dataclass(frozen=True, slots=True)
class TableFile:
    """What was read, in a file without a name; `problem` says why nothing was, of `PROBLEMS`."""

    lines: IO[bytes]
    problem: str | None = None

    def rows(self) -> Iterator[list[str]]:
        """Each row from the first, header included, each cell as stripped text."""
        self.lines.seek(0)
        for line in self.lines:
            yield orjson.loads(line)


def read_apart(file: IO[bytes], rows_max: int) -> TableFile:
    """Read a CSV or a workbook in a process of its own. Raises `TooMany` while another one is read here."""
    if not ONE_AT_A_TIME.acquire(blocking=False):
        raise TooMany("Another table is being read. Try again in a moment.", retry_after_seconds=WAIT_SECONDS)
    # The handler reads the rows from it, again where its transaction is run again: no block here could close it.
    lines = tempfile.TemporaryFile()  # noqa: SIM115 - it outlives this function, and is gone with `TableFile`
    try:
        return TableFile(lines, _problem_of(file, lines, rows_max))
    finally:
        ONE_AT_A_TIME.release()


def _problem_of(file: IO[bytes], lines: IO[bytes], rows_max: int) -> str | None:
    with tempfile.TemporaryFile() as given:
        shutil.copyfileobj(file, given)
        given.seek(0)
        try:
            reader = subprocess.run(
                [sys.executable, "-W", "ignore", "-m", "shared.spreadsheets.table_file", str(rows_max), str(SECONDS)],
                stdin=given,
                stdout=lines,
                stderr=subprocess.PIPE,
                timeout=WAIT_SECONDS,
                check=False,
                cwd=Path(__file__).parents[2],
                env={"PATH": "", "LC_ALL": "C.UTF-8"},
            )
        except subprocess.TimeoutExpired:
            return "too_slow"
    if reader.returncode == 0:
        return None
    if reader.returncode == -signal.SIGXCPU:
        return "too_slow"
    code = reader.stderr.decode(errors="replace").strip()
    return code if reader.returncode == REFUSED and code in PROBLEMS else "unreadable"


def _rows_of(content: bytes, rows_max: int) -> list[list[str]]:
    if not content.startswith(WORKBOOK):
        return csv_rows(content, rows_max)
    rows = workbook_rows_of(content, rows_max)
    while rows and not any(rows[-1]):
        rows.pop()
    if len(rows) > rows_max + 1:
        raise TooManyRows.than(rows_max)
    return rows


def refusal_of(content: bytes) -> str | None:
    """The problem that the file's own head tells, before anything is unpacked."""
    if content.startswith(OLD_CONTAINER):
        return "encrypted" if ENCRYPTED_PART in content else "unreadable"
    if not content.startswith(WORKBOOK):
        return None
    parts = parts_of(content)
    if any(part.flag_bits & ENCRYPTED_FLAG for part in parts):
        return "encrypted"
    return "zip_bomb" if unpacks_to_much(parts, len(content)) else None


def _main(rows_max: int) -> str | None:
    """Write the rows out; what it returns is why there are none."""
    content = sys.stdin.buffer.read()
    try:
        if problem := refusal_of(content):
            return problem
        for row in _rows_of(content, rows_max):
            sys.stdout.buffer.write(orjson.dumps(row) + b"\n")
    except TooManyRows:
        return "too_many_rows"
    except UnreadableFile as refusal:
        return "too_many_columns" if "too_many_columns" in {error.code for error in refusal.errors} else "unreadable"
    except MemoryError:
        return "zip_bomb"
    return None


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    seconds = int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))  # the first tells why it ends, the second is silent
    resource.setrlimit(resource.RLIMIT_FSIZE, (LINES_BYTES_MAX, LINES_BYTES_MAX))
    if why := _main(int(sys.argv[1])):
        sys.stderr.write(why)
        sys.exit(REFUSED)
