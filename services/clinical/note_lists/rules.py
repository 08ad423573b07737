"""What a list shows of a note's text. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from services.clinical.notes.rules import TEMPLATES

LINE_CHARACTERS_MAX: Final = 120
BEFORE_MATCH: Final = 30  # characters that a found line shows before what was looked for
SEARCHED_MAX: Final = 500  # notes of one case, the last ones
FOUND_MAX: Final = 50
WORDS_MIN, WORDS_MAX = 2, 100
CUT: Final = "…"


def texts_of(template: str, content: Mapping[str, str]) -> list[str]:
    """The texts of a note in the order of its form."""
    return [content.get(section, "") for section in TEMPLATES[template]]


def first_line(texts: Iterable[str]) -> str | None:
    """The first line that says something, cut where it is long; None where nothing is written."""
    for text in texts:
        for line in text.splitlines():
            if words := " ".join(line.split()):
                return _cut(words)
    return None


def found_line(texts: Iterable[str], words: str) -> str | None:
    """The first line that holds these words, upper and lower case alike, from a little before them; None: none does."""
    wanted = " ".join(words.split()).casefold()
    for text in texts:
        for line in text.splitlines():
            plain = " ".join(line.split())
            at = plain.casefold().find(wanted)
            if at >= 0:
                begins = max(0, at - BEFORE_MATCH)
                return _cut((CUT if begins else "") + plain[begins:])
    return None


def _cut(line: str) -> str:
    return line if len(line) <= LINE_CHARACTERS_MAX else line[: LINE_CHARACTERS_MAX - 1].rstrip() + CUT
