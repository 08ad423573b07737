"""The first row of a table, which names its columns."""

from __future__ import annotations

import re
from typing import Final

from shared.names import words

_IN_BRACKETS: Final = re.compile(r"\(.*?\)|\[.*?\]")


def header_key(text: str) -> str:
    """What makes two headers the same: letters and digits alone matter, and nothing that stands in brackets.

    >>> header_key("Date of birth (MM/DD/YYYY)"), header_key("DATE_OF_BIRTH")
    ('dateofbirth', 'dateofbirth')
    """
    return "".join(words(_IN_BRACKETS.sub(" ", text.replace("_", " "))))
