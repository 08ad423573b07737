"""Which address holds on which day. Pure.

Of a day the address holds that began last; of several that begin on one day, the one recorded last. The first one may
have no beginning. None is changed or taken away: one for the same day stands in its place.

Those of a client who was merged into another one hold on days before the first of who stays. They come in layers, who
stays first: of each layer those hold that begin before all of the layers before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from shared.errors import Conflict

PAST, CURRENT, COMING, REPLACED, ASIDE = STATES = ("past", "current", "coming", "replaced", "aside")
ADDRESSES_MAX: Final = 100  # of one client, ever


@dataclass(frozen=True, slots=True)
class Dated:
    """An address and its first day; no day: from the beginning. `address` None: none is known from then on.

    `id` rises as addresses are recorded.
    """

    id: UUID
    first: date | None
    address: dict[str, Any] | None

    @property
    def place(self) -> tuple[date, UUID]:
        """By which the later one of two is found."""
        return self.first or date.min, self.id


class TooManyAddresses(Conflict):
    """A client's addresses are as many as may be."""

    code = "too_many_addresses"
    detail = f"A client has at most {ADDRESSES_MAX} addresses on record, the earlier ones among them."


def ensure_room(recorded: int) -> None:
    """Raises `TooManyAddresses` where a client has so many already."""
    if recorded >= ADDRESSES_MAX:
        raise TooManyAddresses()


def in_force(recorded: Sequence[Dated], day: date) -> Dated | None:
    """The one that holds on that day."""
    begun = [each for each in recorded if each.first is None or each.first <= day]
    return max(begun, key=lambda each: each.place, default=None)


def coming(recorded: Sequence[Dated], today: date) -> list[Dated]:
    """Those that begin after today, in the order of their days, one of each day."""
    of_day = {each.first: each for each in sorted(recorded, key=lambda each: each.place)}
    return [each for first, each in of_day.items() if first is not None and first > today]


def holding(layers: Iterable[Sequence[Dated]]) -> list[Dated]:
    """Those of all layers that hold on some day, or were replaced by one of their own layer."""
    held: list[Dated] = []
    begins = date.max  # the first day of the layers before
    for layer in layers:
        held += [each for each in layer if not held or (each.first or date.min) < begins]
        begins = min((each.first or date.min for each in (*held, *layer)), default=begins)
    return held


def doubles(layers: Iterable[Sequence[Dated]]) -> set[UUID]:
    """Those that a layer before has too, from the same day on."""
    known: list[tuple[date | None, dict[str, Any] | None]] = []
    found: set[UUID] = set()
    for layer in layers:
        found.update(each.id for each in layer if (each.first, each.address) in known)
        known += [(each.first, each.address) for each in layer]
    return found


def states_of_layers(layers: Sequence[Sequence[Dated]], today: date) -> dict[UUID, str]:
    """What each is today, by its id; `ASIDE` where one of a layer before holds instead."""
    known = states(holding(layers), today)
    return {each.id: known.get(each.id, ASIDE) for layer in layers for each in layer}


def states(recorded: Sequence[Dated], today: date) -> dict[UUID, str]:
    """What each of them is today, by its id."""
    last_of_day = {each.first: each.id for each in sorted(recorded, key=lambda each: each.place)}
    current = in_force(recorded, today)
    return {
        each.id: REPLACED
        if last_of_day[each.first] != each.id
        else COMING
        if each.first is not None and each.first > today
        else CURRENT
        if current is not None and each.id == current.id
        else PAST
        for each in recorded
    }
