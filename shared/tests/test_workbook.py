"""Workbooks that are written piece by piece."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from typing import Any

import openpyxl

from shared.spreadsheets.spreadsheet import read_table
from shared.spreadsheets.workbook import workbook_pieces

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1", "<b>&amp;", "a\x00b\x0bc", " kept ", "𝔄𝔡𝔞")


def test_every_cell_is_what_it_was_and_no_text_is_a_formula() -> None:
    rows = [(text, 7, date(2026, 11, 28), None) for text in FORMULAS]
    content = b"".join(workbook_pieces(["Client", "Days", "Day", "Note"], [rows[:3], [], rows[3:]]))
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    head, *shown = list(sheet.iter_rows())
    assert [cell.value for cell in head] == ["Client", "Days", "Day", "Note"]
    assert [row[0].value for row in shown] == [text.replace("\x00", "").replace("\x0b", "") for text in FORMULAS]
    assert {row[0].data_type for row in shown} == {"s"}
    assert {(row[1].value, row[2].value.date(), row[3].value) for row in shown} == {(7, date(2026, 11, 28), None)}
    assert read_table(content, rows_max=20)[1] == ["=1+1", "7", "2026-11-28", ""]


def test_a_long_table_is_never_held() -> None:
    """A batch is asked for when what was made of the ones before it has left, and no piece grows with their number."""
    made = 0

    def batches() -> Iterator[list[tuple[Any, ...]]]:
        nonlocal made
        for number in range(10):
            made += 1
            yield [(f"Client {number} {row}", row) for row in range(500)]

    pieces = workbook_pieces(["Client", "Row"], batches())
    sizes = [len(next(pieces))]
    assert made == 1
    sizes += [len(piece) for piece in pieces]
    assert made == 10 and max(sizes) < 32 * 1024, sizes
