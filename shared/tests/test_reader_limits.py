"""Whatever somebody sends as a table, the process that reads it ends soon, stays small, and says why."""

from __future__ import annotations

import io
import multiprocessing
import resource
import time
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from shared.errors import TooMany
from shared.spreadsheets.spreadsheet import COLUMNS_MAX, UNPACKED_MAX
from shared.spreadsheets.table_file import MEMORY, OLD_CONTAINER, PROBLEMS, read_apart
from shared.tests.test_spreadsheet import entities, workbook

ROWS_MAX = 100_000
FILE_BYTES = 50 * 1024 * 1024
SECONDS_MAX = 10
MANY = 8
CELLS = b"<row>" + b"<c><v>1</v></c>" * COLUMNS_MAX + b"</row>"


def with_sheet(sheet: bytes, ballast: bytes = b"") -> bytes:
    """A workbook with this sheet; `ballast` is kept as it is, so that the whole is not much smaller than its parts."""
    source, content = zipfile.ZipFile(io.BytesIO(workbook([["a"]]))), io.BytesIO()
    with source, zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name in source.namelist():
            own = sheet if name == "xl/worksheets/sheet1.xml" else source.read(name)
            archive.writestr(name, own)
        archive.writestr("docProps/thumbnail.jpeg", ballast, zipfile.ZIP_STORED)
    return content.getvalue()


def endless() -> bytes:
    """Millions of cells in a file whose size, also unpacked, is within the limits."""
    room = UNPACKED_MAX - 4 * 1024 * 1024
    head = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    sheet = head + CELLS * (room // len(CELLS)) + b"</sheetData></worksheet>"
    return with_sheet(sheet, b"x" * (2 * 1024 * 1024))


def full() -> bytes:
    """One line of the largest file that is sent, in which each letter takes four bytes in memory."""
    return "\U0001f600".encode() + b"a" * FILE_BYTES


def locked() -> bytes:
    """A ZIP archive whose parts are encrypted."""
    content = bytearray(workbook([["a"], ["b"]]))
    place = content.index(b"PK\x01\x02")
    content[place + 8] |= 1
    return bytes(content)


FILES: dict[str, tuple[Callable[[], bytes], str]] = {
    "a bomb": (lambda: with_sheet(b" " * 60_000_000), "zip_bomb"),
    "entities": (entities, "unreadable"),
    "a full memory": (full, "zip_bomb"),
    "an endless sheet": (endless, "too_slow"),
    "too many rows": (lambda: b"n\n" + b"1\n" * (ROWS_MAX + 1), "too_many_rows"),
    "too many columns": (lambda: b"," * COLUMNS_MAX + b"\n", "too_many_columns"),
    "a document": (lambda: b"%PDF-1.7\n\x00", "unreadable"),
    "an old workbook with a password": (
        lambda: OLD_CONTAINER + "EncryptedPackage".encode("utf-16-le"),
        "encrypted",
    ),
    "an archive with a password": (locked, "encrypted"),
}


def _read(content: bytes, answers: Any) -> None:
    """Give the problem of a file, and the bytes of memory that its reader took at most."""
    problem = read_apart(io.BytesIO(content), ROWS_MAX).problem
    answers.put((problem, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024))


@pytest.mark.alone
@pytest.mark.abuse("A-IMPORT-bomb", "A-IMPORT-memory", "A-IMPORT-endless", "A-IMPORT-entities")
@pytest.mark.parametrize(("made", "problem"), FILES.values(), ids=FILES)
def test_a_hostile_file_ends_soon_in_little_memory_and_says_why(made: Callable[[], bytes], problem: str) -> None:
    context = multiprocessing.get_context("spawn")  # a small process, for its memory counts as its child's at first
    answers = context.SimpleQueue()
    began = time.monotonic()
    reading = context.Process(target=_read, args=(made(), answers))
    reading.start()
    found, largest = answers.get()
    reading.join()
    assert time.monotonic() - began < SECONDS_MAX
    assert (found, largest <= MEMORY) == (problem, True), largest


def test_each_reason_is_tried() -> None:
    assert {problem for _, problem in FILES.values()} == PROBLEMS.keys()


@pytest.mark.abuse("A-IMPORT-many-at-once")
def test_large_tables_are_read_one_at_a_time() -> None:
    content = b"n\n" + b"1\n" * 50_000
    with ThreadPoolExecutor(MANY) as pool:
        sent = [pool.submit(read_apart, io.BytesIO(content), ROWS_MAX) for _ in range(MANY)]
    refused = [each.exception() for each in sent if each.exception() is not None]
    assert all(isinstance(error, TooMany) for error in refused)
    assert 1 <= len(refused) < MANY, "one is read, and the others are told to come again"
