"""What differs between two revisions of a treatment plan. Pure.

A plan's parts have no ids: a part of the one is the part of the other that says the same, or else most nearly the same.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from gateway.web import text
from gateway.web.documentation.plan_form import LEVELS

Stored = Mapping[str, Any]
NAMES: Final = {
    "problems": "Problem",
    "goals": "Goal",
    "objectives": "Objective",
    "interventions": "What is done",
    "measure": "How to tell that it is reached",
    "target_on": "Reached by",
    "frequency": "How often",
    "effective_from": "In force from",
    "review_on": "Review on",
}
DAYS: Final = ("target_on", "effective_from", "review_on")
ALIKE_FROM: Final = 0.5  # of the words of two parts, that many in common: one part was rewritten
_EQUAL, _SAME_WORDING = 3.0, 2.0
_WORD: Final = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Fact:
    """What one thing was and is, in words; None: nothing is said of it. `same_around`: how they begin and end alike."""

    name: str
    before: str | None
    after: str | None

    @property
    def changed(self) -> bool:
        """Whether it is another one."""
        return self.before != self.after

    @property
    def same_around(self) -> tuple[int, int]:
        """How many characters both have in common at their beginning and at their end, in whole words."""
        return _same_around(self.before or "", self.after or "")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a plan with what stands under it. `change`: added, removed, changed, moved or same, of itself alone."""

    name: str
    change: str
    facts: Sequence[Fact]
    parts: Sequence[Part]

    @property
    def differs(self) -> bool:
        """Whether it or anything under it is not the same."""
        return self.change != "same" or any(part.differs for part in self.parts)


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs of a whole plan: its days, and its problems with all that stands under them."""

    days: Sequence[Fact]
    parts: Sequence[Part]

    @property
    def differs(self) -> bool:
        """Whether anything does."""
        return any(day.changed for day in self.days) or any(part.differs for part in self.parts)

    def count(self, change: str) -> int:
        """How many parts are added, removed, changed or moved; a day that is another one is a change."""
        days = sum(day.changed for day in self.days) if change == "changed" else 0
        return days + sum(part.change == change for part in every_part(self.parts))


def every_part(parts: Sequence[Part]) -> Iterator[Part]:
    """Parts and all that stand under them, each before its own."""
    for part in parts:
        yield part
        yield from every_part(part.parts)


def difference(before: Stored, after: Stored) -> Difference:
    """What the plan `after` says otherwise than the plan `before`: both as the API gives them."""
    return Difference(
        days=[_fact(name, before, after) for name in ("effective_from", "review_on")],
        parts=_parts(before["problems"], after["problems"], 0),
    )


def _parts(before: Sequence[Stored], after: Sequence[Stored], depth: int) -> list[Part]:
    """The later plan's order; what was taken away stands where it stood, behind what was before it."""
    pairs = _paired(before, after, depth)
    staying = _in_order([pairs[place] for place in sorted(pairs)])
    found: list[tuple[float, Part]] = []
    for place, part in enumerate(before):
        if place in pairs:
            at = pairs[place]
            found.append((at, _pair(part, after[at], depth, moved=at not in staying)))
        else:
            above = max((pairs[other] for other in pairs if other < place), default=-1)
            found.append((above + 0.5, _alone(part, depth, "removed")))
    taken = set(pairs.values())
    found += [(place, _alone(part, depth, "added")) for place, part in enumerate(after) if place not in taken]
    return [part for _, part in sorted(found, key=lambda each: each[0])]


def _pair(before: Stored, after: Stored, depth: int, *, moved: bool) -> Part:
    level = LEVELS[depth][0]
    facts = [_fact(name, before, after, level) for name in ("description", *LEVELS[depth][1])]
    own = "changed" if any(fact.changed for fact in facts) else "moved" if moved else "same"
    return Part(NAMES[level], own, facts, _below(before, after, depth))


def _alone(part: Stored, depth: int, change: str) -> Part:
    before, after = ({}, part) if change == "added" else (part, {})
    level = LEVELS[depth][0]
    facts = [_fact(name, before, after, level) for name in ("description", *LEVELS[depth][1])]
    return Part(NAMES[level], change, [fact for fact in facts if fact.changed], _below(before, after, depth))


def _below(before: Stored, after: Stored, depth: int) -> list[Part]:
    if depth + 1 == len(LEVELS):
        return []
    name = LEVELS[depth + 1][0]
    return _parts(before.get(name) or [], after.get(name) or [], depth + 1)


def _fact(name: str, before: Stored, after: Stored, level: str = "") -> Fact:
    return Fact(NAMES[level if name == "description" else name], _words(name, before), _words(name, after))


def _words(name: str, part: Stored) -> str | None:
    value = part.get(name)
    return text.day(value) if value and name in DAYS else value or None


def _paired(before: Sequence[Stored], after: Sequence[Stored], depth: int) -> dict[int, int]:
    """Places of `before` and of `after` that are one part, the likest first, and of those the ones that moved least.

    The same either way round: two pairs that are equally like and equally far apart never contend for one place.
    """
    words = [[_all_words(part, depth) for part in parts] for parts in (before, after)]
    likely = sorted(
        (-alike, abs(here - there), here + there, here, there)
        for here, part in enumerate(before)
        for there, other in enumerate(after)
        if (alike := _likeness(part, other, words[0][here], words[1][there])) >= ALIKE_FROM
    )
    pairs: dict[int, int] = {}
    for _, _, _, here, there in likely:
        if here not in pairs and there not in pairs.values():
            pairs[here] = there
    return pairs


def _likeness(part: Stored, other: Stored, words: Counter[str], others: Counter[str]) -> float:
    if part == other:
        return _EQUAL
    if part["description"] == other["description"]:
        return _SAME_WORDING
    total = words.total() + others.total()
    return 2 * (words & others).total() / total if total else 0.0


def _all_words(part: Stored, depth: int) -> Counter[str]:
    """The words of a part and of all that stands under it: one whose sentence was rewritten is known by the rest."""
    others = LEVELS[depth][1]
    own = Counter(_WORD.findall(" ".join(str(part.get(field) or "") for field in ("description", *others)).lower()))
    if depth + 1 < len(LEVELS):
        for below in part.get(LEVELS[depth + 1][0]) or []:
            own += _all_words(below, depth + 1)
    return own


def _in_order(places: Sequence[int]) -> set[int]:
    """The most of different numbers that rise in the order in which they come: the others have moved."""
    ends: list[int] = []
    rows: list[list[int]] = []
    for place in places:
        at = bisect_left(ends, place)
        rise = [*(rows[at - 1] if at else []), place]
        ends[at : at + 1], rows[at : at + 1] = [place], [rise]
    return set(rows[-1]) if rows else set()


def _same_around(before: str, after: str) -> tuple[int, int]:
    first, second = (re.split(r"(\s+)", each) for each in (before, after))
    most = min(len(first), len(second))
    head = next((at for at in range(most) if first[at] != second[at]), most)
    rest = most - head
    tail = next((at for at in range(rest) if first[-1 - at] != second[-1 - at]), rest)
    return sum(map(len, first[:head])), sum(map(len, first[len(first) - tail :]))
