"""The roster of a group by date: joining and leaving change days from the one given on, and nobody else's."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.clinical.groups.rules import (
    Membership,
    OverCapacity,
    ensure_room,
    joined,
    left,
    most_from,
    roster,
)

MONDAY = date(2026, 9, 7)
DAYS = [MONDAY + timedelta(days=number) for number in range(12)]
CLIENTS = [UUID(int=number) for number in range(1, 5)]
Step = Callable[[Iterable[Membership], Sequence[UUID], date], list[Membership]]
KINDS: list[Step] = [joined, left]
STEPS = st.lists(st.tuples(st.sampled_from(KINDS), st.sampled_from(CLIENTS), st.sampled_from(DAYS)), max_size=12)


def built(steps: list[tuple[Step, UUID, date]]) -> list[Membership]:
    memberships: list[Membership] = []
    for step, client_id, day in steps:
        memberships = step(memberships, [client_id], day)
    return memberships


@given(STEPS, st.sampled_from(CLIENTS), st.sampled_from(DAYS))
def test_joining_and_leaving_change_that_client_from_that_day_on(
    steps: list[tuple[Step, UUID, date]], client_id: UUID, day: date
) -> None:
    before = built(steps)
    for step, there in ((joined, True), (left, False)):
        after = step(before, [client_id], day)
        for each in [*DAYS, date(2199, 12, 31)]:
            was, now = set(roster(before, each)), set(roster(after, each))
            assert now - {client_id} == was - {client_id}, "nobody else's"
            assert (client_id in now) is (there if each >= day else client_id in was)
        assert set(step(after, [client_id], day)) == set(after), "once more changes nothing"


@given(STEPS)
def test_times_of_one_client_never_overlap_and_are_in_order(steps: list[tuple[Step, UUID, date]]) -> None:
    memberships = built(steps)
    for each in memberships:
        assert each.last is None or each.first <= each.last
    for day in DAYS:
        assert sum(each.covers(day) for each in memberships) == len(roster(memberships, day))


@given(STEPS, st.sampled_from(DAYS))
def test_the_most_is_the_longest_roster_of_any_day_from_then_on(
    steps: list[tuple[Step, UUID, date]], day: date
) -> None:
    memberships = built(steps)
    assert most_from(memberships, day) == max(len(roster(memberships, each)) for each in DAYS if each >= day)


def test_a_full_group_refuses_one_more_and_takes_somebody_after_another_has_left() -> None:
    full = [Membership(CLIENTS[0], MONDAY), Membership(CLIENTS[1], MONDAY, DAYS[4])]
    with pytest.raises(OverCapacity):
        ensure_room(full, joined(full, [CLIENTS[2]], DAYS[4]), DAYS[4], 2)
    ensure_room(full, joined(full, [CLIENTS[2]], DAYS[5]), DAYS[5], 2)


def test_who_has_taken_a_member_over_is_in_the_group_and_is_not_there_twice() -> None:
    stays, ended = CLIENTS[:2]
    before = [Membership(ended, MONDAY, DAYS[6]), Membership(ended, DAYS[9])]
    family = [stays, ended]
    assert joined(before, family, DAYS[3]) == [Membership(ended, MONDAY)]
    assert left(before, family, DAYS[3]) == [Membership(ended, MONDAY, DAYS[2])]
    assert joined(left(before, family, DAYS[3]), family, DAYS[5]) == [
        Membership(ended, MONDAY, DAYS[2]),
        Membership(stays, DAYS[5]),
    ]
