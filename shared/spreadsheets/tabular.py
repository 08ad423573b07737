"""Tables as files that people open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

# What a spreadsheet takes for the beginning of a formula, in plain and full-width spelling (OWASP, CSV injection).
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe_cell(value: Any) -> str:
    """A value as the text of one cell; what could be read as a formula gets an apostrophe in front.

    None is empty, an instant is ISO 8601, and a number that is a number stays one.
    """
    if value is None:
        return ""
    if isinstance(value, (bool, int, Decimal)):
        return str(value).lower() if isinstance(value, bool) else str(value)
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    text = str(value).replace("\0", "")
    return f"'{text}" if text.lstrip(" \ufeff").startswith(FORMULA_STARTS) else text


def csv_lines(rows: Iterable[Sequence[Any]]) -> bytes:
    """Rows as CSV (RFC 4180), every cell quoted, in UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerows([safe_cell(value) for value in row] for row in rows)
    return text.getvalue().encode()
