"""A way to a page: where it stands in a practice."""

from __future__ import annotations

from collections.abc import Callable

from tests.practice import Practice

Way = Callable[[Practice], str]


def at(path: str) -> Way:
    """A page at one address in every practice."""
    return lambda _practice: path
