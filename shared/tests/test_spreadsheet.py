"""Reading tables that people send: what they mean, and what is no table."""

from __future__ import annotations

import io
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import TooMany
from shared.spreadsheets.spreadsheet import EMPTY_ROWS_MAX, TooManyRows, UnreadableFile, read_table
from shared.spreadsheets.tabular import csv_lines

SOON = datetime(2026, 1, 2, 3, 4)  # noqa: DTZ001 - workbooks know no zones
CELLS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20).map(str.strip)


def workbook(rows: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "windows-1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_csv_as_programs_write_it(encoding: str, delimiter: str, ending: str) -> None:
    text = delimiter.join(["name", "town"]) + ending + delimiter.join(["Zoë", ' "a' + delimiter + 'b"']) + ending
    text = text.replace(' "', '"')
    assert read_table(text.encode(encoding), 10) == [["name", "town"], ["Zoë", f"a{delimiter}b"]]


@given(st.lists(st.lists(CELLS, min_size=2, max_size=4), min_size=1, max_size=5))
def test_what_was_written_is_read(rows: list[list[str]]) -> None:
    header = ["first", "second", "third", "fourth"]
    written = csv_lines([header, *rows])
    expected = [header, *rows]
    while not any(expected[-1]):
        expected.pop()
    read = read_table(written, 100)
    assert [[cell.removeprefix("'") for cell in row] for row in read] == [
        [cell.removeprefix("'") for cell in row] for row in expected
    ]


def test_a_workbook_is_its_first_sheet_as_text() -> None:
    content = workbook(
        [
            ["name", "since", "n", "yes", None],
            ["Ada", date(2026, 1, 2), 3.0, True, "=1+1"],
            [None, SOON],
        ]
    )
    assert read_table(content, 10) == [
        ["name", "since", "n", "yes", ""],
        ["Ada", "2026-01-02", "3", "true", ""],
        ["", "2026-01-02T03:04:00", "", "", ""],
    ]


def test_empty_rows_at_the_end_do_not_count() -> None:
    assert read_table(b"a\n1\n\n\n\n\n", 1) == [["a"], ["1"]]


@pytest.mark.abuse("A-DOS-empty-rows")
@pytest.mark.parametrize("row", [b"\n", b"\r", b"\r\n", b",,\n", b" \n", b'""\n'])
@pytest.mark.parametrize("head", [b"", b"name,email\n"])
def test_empty_rows_are_counted_before_they_cost(row: bytes, head: bytes) -> None:
    """A million of them would keep a process busy for seconds."""
    lines = 0

    class Counted(io.StringIO):
        def __next__(self) -> str:
            nonlocal lines
            lines += 1
            return super().__next__()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("shared.spreadsheets.spreadsheet.io.StringIO", Counted)
        with pytest.raises(TooManyRows):
            read_table(head + row * 200_000, 500)
    assert lines <= 500 + 1 + EMPTY_ROWS_MAX + 1


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_too_many_rows(kind: str) -> None:
    rows: list[list[object]] = [["a"], *([number] for number in range(11))]
    content = workbook(rows) if kind == "xlsx" else csv_lines(rows)
    with pytest.raises(TooManyRows):
        read_table(content, 10)
    assert len(read_table(content, 11)) == 12


def bomb() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 60_000_000)
    return content.getvalue()


def entities() -> bytes:
    """A workbook whose sheet declares entities that grow a billionfold."""
    lines = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    declared = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "lol">{lines}]>'.encode()
    source, content = zipfile.ZipFile(io.BytesIO(workbook([["a"], ["b"]]))), io.BytesIO()
    with source, zipfile.ZipFile(content, "w") as archive:
        for name in source.namelist():
            part = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                part = declared + part.partition(b"?>")[2].replace(b"<v>0</v>", b"<v>&a9;</v>")
            archive.writestr(name, part)
    return content.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04 not really",
        b"%PDF-1.7\n\x00",
        bomb(),
        entities(),
        b"a\0b",
        b'a,b\n"open',
        b"x" * 6_000,
        b"," * 200,
        b"\xff\xfe\x00",
    ],
    ids=["zip", "pdf", "bomb", "entities", "nul", "quote", "long", "wide", "half"],
)
def test_what_is_no_table(content: bytes) -> None:
    with pytest.raises(UnreadableFile):
        read_table(content, 100)


def test_workbooks_are_read_one_at_a_time() -> None:
    """However many are sent at once, the others' threads go on: who comes too early is told when to come again."""
    content = workbook([["a"], ["1"]])
    with ThreadPoolExecutor(6) as pool:
        answers = [pool.submit(read_table, content, 5) for _ in range(6)]
    outcomes = {type(response.exception()) for response in answers}
    assert outcomes == {type(None), TooMany}
    assert read_table(content, 5) == [["a"], ["1"]]


@pytest.mark.parametrize(
    ("content", "row", "code"),
    [
        (b"a,b\n1,2\n3,\0\n", "3", "not_text"),
        (b"a,b\n1,\x81\n", "2", "not_text"),
        ("a,b\n1,2\n".encode("utf-16") + b"\x00\xd8\x00", "3", "not_text"),
        (b'a,b\n1,"2\n3,4\n', "2", "not_csv"),
        (b'a,b\n1,2\n"3"x,4\n', "3", "not_csv"),
        (b"a,b\n" + b"x," * 200 + b"\n", "2", "too_many_columns"),
        (b"a,b\n1,2\n3," + b"x" * 5_001 + b"\n", "3", "cell_too_long"),
        (workbook([["a", "b"], ["x"] * 101]), "2", "too_many_columns"),
        (workbook([["a", "b"], ["1", "2"], ["3", "x" * 5_001]]), "3", "cell_too_long"),
    ],
)
def test_the_row_that_cannot_be_read_is_named(content: bytes, row: str, code: str) -> None:
    with pytest.raises(UnreadableFile) as refused:
        read_table(content, 10)
    assert [(error.field, error.code, error.value) for error in refused.value.errors] == [("file", code, row)]
