"""Reading the tables that people send: CSV in whatever encoding, XLSX in a process that may not grow or run for long.

`python -m shared.spreadsheets.spreadsheet <rows_max>` is that process: it reads a workbook from its standard input
and writes the rows as JSON to its standard output.
"""

from __future__ import annotations

import csv
import io
import resource
import subprocess
import sys
import threading
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import orjson

from shared.errors import FieldError, Invalid, TooMany

WORKBOOK: Final = b"PK\x03\x04"  # a ZIP archive, as every XLSX file is
CELL_CHARACTERS_MAX: Final = 5_000
COLUMNS_MAX: Final = 100
UNPACKED_MAX: Final = 100 * 1024 * 1024
RATIO_MAX: Final = 100
PARTS_MAX: Final = 500
READER_MEMORY: Final = 768 * 1024 * 1024
READER_SECONDS: Final = 5  # of processor time
ONE_AT_A_TIME: Final = threading.BoundedSemaphore(1)  # a process: however many are sent, the others' threads go on
WAIT_SECONDS: Final = 6  # in all
DELIMITERS: Final = ",;\t|"
EMPTY_ROWS_MAX: Final = 1_000  # beyond those that are taken: programs write what was formatted and holds nothing


class UnreadableFile(Invalid):
    """Neither CSV nor a workbook; where one row is the reason, `errors` names it."""

    code = "unreadable_file"
    detail = "This file cannot be read as a table."

    @classmethod
    def at(cls, row: int, code: str, detail: str) -> UnreadableFile:
        """A refusal because of one row; the header is 1."""
        return cls(f"Row {row}: {detail}", errors=[FieldError("file", code, detail, str(row))])


class TooManyRows(Invalid):
    """More rows than are taken at once."""

    code = "too_many_rows"

    @classmethod
    def than(cls, rows_max: int) -> TooManyRows:
        """A refusal of more than so many rows below the header."""
        detail = f"Send at most {rows_max} rows below the header."
        return cls(detail, errors=[FieldError("file", cls.code, detail, str(rows_max))])


def read_table(content: bytes, rows_max: int) -> list[list[str]]:
    """The rows of the file, header included, each cell as stripped text; empty rows at the end are left out.

    CSV in UTF-8, UTF-16 with a mark, or Windows-1252, separated by comma, semicolon, tab or bar. Of a workbook the
    first sheet; dates come as ISO 8601. Which of the two it is, the file itself says.
    Raises `UnreadableFile`, `TooManyRows`.
    """
    rows = _workbook_rows(content, rows_max) if content.startswith(WORKBOOK) else csv_rows(content, rows_max)
    while rows and not any(rows[-1]):
        rows.pop()
    if len(rows) > rows_max + 1:
        raise TooManyRows.than(rows_max)
    return rows


def csv_rows(content: bytes, rows_max: int) -> list[list[str]]:
    """The rows of a CSV, as `read_table` describes. Raises `UnreadableFile`, `TooManyRows`."""
    text = _decoded(content)
    if "\0" in text:
        raise UnreadableFile.at(text[: text.index("\0")].count("\n") + 1, "not_text", "There is a byte of no text.")
    first = text.lstrip().partition("\n")[0]
    delimiter = max(DELIMITERS, key=first.count)
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            _ensure_fits(row, len(rows) + 1)
            rows.append([cell.strip() for cell in row])
            beyond = len(rows) - (rows_max + 1)
            if beyond > EMPTY_ROWS_MAX or (beyond > 0 and any(rows[-1])):
                raise TooManyRows.than(rows_max)
    except csv.Error as error:
        raise UnreadableFile.at(len(rows) + 1, "not_csv", "This row cannot be read as CSV.") from error
    return rows


def _ensure_fits(cells: list[str], row: int) -> None:
    """Raises `UnreadableFile` for a row that would be cut off."""
    if len(cells) > COLUMNS_MAX:
        raise UnreadableFile.at(row, "too_many_columns", f"There are more than {COLUMNS_MAX} columns.")
    if any(len(cell) > CELL_CHARACTERS_MAX for cell in cells):
        raise UnreadableFile.at(row, "cell_too_long", f"A cell has more than {CELL_CHARACTERS_MAX} characters.")


def _decoded(content: bytes) -> str:
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    encoding = "utf-16" if marked else "utf-8-sig" if _is_utf_8(content) else "windows-1252"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        before = content[: error.start].decode(encoding, "ignore")
        raise UnreadableFile.at(before.count("\n") + 1, "not_text", "There is a byte of no text.") from error


def _is_utf_8(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def _workbook_rows(content: bytes, rows_max: int) -> list[list[str]]:
    _ensure_modest(content)
    if not ONE_AT_A_TIME.acquire(blocking=False):
        raise TooMany("Another workbook is being read. Try again in a moment.", retry_after_seconds=WAIT_SECONDS)
    try:
        reader = subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "shared.spreadsheets.spreadsheet", str(rows_max)],
            input=content,
            capture_output=True,
            timeout=WAIT_SECONDS,
            check=True,
            cwd=Path(__file__).parents[2],
            env={"PATH": "", "LC_ALL": "C.UTF-8"},
        )
        rows = list(orjson.loads(reader.stdout))
    except (subprocess.SubprocessError, orjson.JSONDecodeError) as error:
        raise UnreadableFile() from error
    finally:
        ONE_AT_A_TIME.release()
    for number, row in enumerate(rows, start=1):
        _ensure_fits(row, number)
    return rows


def _ensure_modest(content: bytes) -> None:
    """A workbook is a ZIP archive: one that unpacks to much more than it is, is none."""
    if unpacks_to_much(parts_of(content), len(content)):
        raise UnreadableFile()


def parts_of(content: bytes) -> list[zipfile.ZipInfo]:
    """What a ZIP archive says that it holds. Raises `UnreadableFile`."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise UnreadableFile() from error


def unpacks_to_much(parts: list[zipfile.ZipInfo], packed: int) -> bool:
    """Whether an archive of `packed` bytes holds more than a workbook of people does."""
    unpacked = sum(part.file_size for part in parts)
    return len(parts) > PARTS_MAX or unpacked > UNPACKED_MAX or unpacked > RATIO_MAX * max(packed, 1)


def _text_of(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()[: CELL_CHARACTERS_MAX + 1]


def workbook_rows_of(content: bytes, rows_max: int) -> list[list[str]]:
    """The rows of the first sheet, at most two more than `rows_max`. Call it in a process with limits."""
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    sheet = book.worksheets[0]
    rows = sheet.iter_rows(max_row=rows_max + 2, values_only=True)
    return [[_text_of(value) for value in _bounded(row)] for row in rows]


def _bounded(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """The cells of a row, one too many where there is something further right. Formats reach further than contents."""
    beyond = any(value is not None for value in row[COLUMNS_MAX:])
    return (*row[:COLUMNS_MAX], *(["…"] if beyond else []))


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (READER_MEMORY, READER_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (READER_SECONDS, READER_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    sys.stdout.buffer.write(orjson.dumps(workbook_rows_of(sys.stdin.buffer.read(), int(sys.argv[1]))))
