"""Appointments that overlap stand side by side: each gets a lane. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar


class Spanned(Protocol):
    """Something that takes time of a day: from one minute of the day until another."""

    @property
    def begins(self) -> int: ...
    @property
    def ends(self) -> int: ...


Item = TypeVar("Item", bound=Spanned)


def lanes(items: Sequence[Item]) -> list[tuple[Item, int, int]]:
    """Each item with its lane, from 1 on, and how many lanes its part of the day has; in order of their beginnings.

    No two in one lane overlap. There are as many lanes as items that overlap at one time, and not one besides.
    """
    placed: list[tuple[Item, int, int]] = []
    together: list[tuple[Item, int]] = []  # items that overlap, one with the next
    until: list[int] = []  # when each lane is free again
    for item in sorted(items, key=lambda card: (card.begins, -card.ends)):
        if until and item.begins >= max(until):
            placed += _of(together, len(until))
            together, until = [], []
        lane = next((at for at, free in enumerate(until) if free <= item.begins), len(until))
        until[lane : lane + 1] = [item.ends]
        together.append((item, lane + 1))
    return placed + _of(together, len(until))


def _of(together: Sequence[tuple[Item, int]], count: int) -> list[tuple[Item, int, int]]:
    return [(item, lane, count) for item, lane in together]
