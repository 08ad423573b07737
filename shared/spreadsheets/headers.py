"""The first row of a table, which names its columns."""

from __future__ import annotations

import re
from typing import Final

from shared.names import words

_BRACKETS: Final = re.compile(r"[()\[\]]")
_IN_BRACKETS: Final = re.compile(r"\(.*?\)|\[.*?\]")


def header_keys(text: str) -> tuple[str, str]:
    """The keys of a header by which to look for its meaning: with what stands in brackets, then without.

    >>> header_keys("Phone (Mobile)"), header_keys("Date of birth (MM/DD/YYYY)")
    (('phonemobile', 'phone'), ('dateofbirthmmddyyyy', 'dateofbirth'))
    """
    return header_key(_BRACKETS.sub(" ", text)), header_key(text)


def header_key(text: str) -> str:
    """What makes two headers the same: letters and digits alone matter, and nothing that stands in brackets.

    >>> header_key("Date of birth (MM/DD/YYYY)"), header_key("DATE_OF_BIRTH")
    ('dateofbirth', 'dateofbirth')
    """
    return "".join(words(_IN_BRACKETS.sub(" ", text.replace("_", " "))))
