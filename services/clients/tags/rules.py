"""Which tags are the same word, and in which order they stand. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Final

TAGS_MAX: Final = 20  # of one client
TAG_CHARACTERS_MAX: Final = 40


def key(tag: str) -> str:
    """What tags have in common that differ in case, spaces or the spelling of one letter alone.

    >>> key("Sliding  Scale") == key("sliding scale")
    True
    """
    return " ".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", tag).casefold()).split())


def tidy(tags: Iterable[str]) -> list[str]:
    """Each word once, as it was written first, by the alphabet."""
    once: dict[str, str] = {}
    for tag in tags:
        once.setdefault(key(tag), " ".join(tag.split()))
    return [once[each] for each in sorted(once)]
