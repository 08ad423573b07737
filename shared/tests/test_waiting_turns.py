"""Who may wait for an event: few at once, none for long, and the others are told at once."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import clock
from shared.database import read_your_writes
from shared.database.read_your_writes import NotArrivedYet, arrived, awaited, wait_until_true
from shared.database.session import Session
from shared.database.waiting_turns import AT_ONCE_MAX, BudgetSpent, NoTurn, WaitingTurns
from shared.ids import new_id, new_id_of


class Nobody:
    """A transaction without locks; what waits asks nothing else of it."""

    holds_locks = False

    def __init__(self) -> None:
        self.organization_id = new_id()
        self.account_id = new_id()


@pytest.fixture
def turns(monkeypatch: pytest.MonkeyPatch) -> WaitingTurns:
    made = WaitingTurns()
    monkeypatch.setattr(read_your_writes, "TURNS", made)
    return made


def session() -> Session:
    return Nobody()  # type: ignore[return-value]  # as much of a session as is used


@pytest.mark.abuse("A-DOS-young-ids")
def test_of_twenty_requests_with_made_up_ids_three_wait_and_the_others_are_told_at_once(turns: WaitingTurns) -> None:
    def ask(_: int) -> float:
        asking, started = session(), time.monotonic()
        with pytest.raises(NotArrivedYet):
            arrived(asking, lambda: None, new_id_of(asking.organization_id), asking.organization_id)
        return time.monotonic() - started

    with ThreadPoolExecutor(20) as pool:
        took = sorted(pool.map(ask, range(20)))
    assert sum(seconds < 1 for seconds in took) == 17, "they cost a thread no wait"
    assert all(1.5 < seconds < 4 for seconds in took[17:])


@pytest.mark.abuse("A-DOS-young-ids")
def test_one_account_leaves_a_place_and_time_to_its_colleagues_and_to_others() -> None:
    turns = WaitingTurns()
    practice, busy, colleague = new_id(), new_id(), new_id()
    with turns.turn(practice, busy), turns.turn(practice, busy):
        with pytest.raises(NoTurn):
            turns.turn(practice, busy).__enter__()
        for other in ((practice, colleague), (new_id(), new_id())):
            with turns.turn(*other):
                pass
        with turns.turn(practice, colleague), pytest.raises(NoTurn):
            turns.turn(new_id(), new_id()).__enter__()


@pytest.mark.abuse("A-DOS-young-ids")
def test_one_account_does_not_use_up_the_time_of_its_practice(monkeypatch: pytest.MonkeyPatch) -> None:
    moved = 0.0
    monkeypatch.setattr(clock, "monotonic", lambda: moved)
    turns = WaitingTurns()
    practice, busy, colleague = new_id(), new_id(), new_id()
    for _ in range(2):  # the second time what was refilled meanwhile
        with turns.turn(practice, busy) as seconds:
            moved += seconds
    with pytest.raises(BudgetSpent):
        turns.turn(practice, busy).__enter__()
    with turns.turn(practice, colleague) as seconds:
        assert seconds >= 2, "a wait, and more than one"
    for _ in range(10):
        with turns.turn(practice, new_id()) as seconds:
            moved += seconds
        if seconds < 2:
            break
    else:
        raise AssertionError("the accounts of one practice together wait without end")


@pytest.mark.parametrize(
    "wait",
    [
        lambda asking, look: awaited(asking, lambda: look() or None),
        wait_until_true,
        lambda asking, look: arrived(
            asking, lambda: look() or None, new_id_of(asking.organization_id), asking.organization_id
        ),
    ],
    ids=["awaited", "wait_until_true", "arrived"],
)
def test_what_comes_in_time_is_waited_for(turns: WaitingTurns, wait) -> None:
    looks = iter([False, False, True])
    assert wait(session(), lambda: next(looks))


def test_while_others_wait_only_what_must_be_waited_for_is_refused(turns: WaitingTurns) -> None:
    let_go = threading.Event()

    def hold() -> None:
        with turns.turn(new_id()):
            let_go.wait(10)

    holders = [threading.Thread(target=hold) for _ in range(AT_ONCE_MAX)]
    for holder in holders:
        holder.start()
    try:
        time.sleep(0.05)
        assert wait_until_true(session(), lambda: True) and awaited(session(), lambda: 1) == 1
        for wait in (lambda: wait_until_true(session(), lambda: False), lambda: awaited(session(), lambda: None)):
            with pytest.raises(NotArrivedYet):
                wait()
    finally:
        let_go.set()
        for holder in holders:
            holder.join()
    with turns.turn(new_id()):
        pass


def test_an_organization_that_has_waited_enough_gets_what_is_known_now(
    turns: WaitingTurns, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = 0.0
    monkeypatch.setattr(clock, "monotonic", lambda: moved)

    def sleep(seconds: float) -> None:
        nonlocal moved
        moved += seconds

    monkeypatch.setattr(clock, "sleep", sleep)
    asking, other = session(), session()
    for _ in range(20):
        with pytest.raises(NotArrivedYet):
            awaited(asking, lambda: None)
    assert moved < 13, "ten seconds, and what was refilled meanwhile"
    started = moved
    assert wait_until_true(asking, lambda: False) is False and moved == started
    assert wait_until_true(other, lambda: False) is False and moved > started, "another one waits as before"
    moved += 60
    started = moved
    assert wait_until_true(asking, lambda: False) is False and moved > started


@given(st.lists(st.tuples(st.integers(0, 3), st.floats(0, 5)), max_size=60))
def test_nobody_waits_longer_than_their_budget(requests: list[tuple[int, float]]) -> None:
    """Over any sequence of waits: at most ten seconds, and what was refilled since the first."""
    turns, now, waited = WaitingTurns(), 0.0, dict.fromkeys(range(4), 0.0)
    organizations = [new_id() for _ in range(4)]
    real, clock.monotonic = clock.monotonic, lambda: now
    try:
        for who, wish in requests:
            try:
                with turns.turn(organizations[who]) as seconds_left:
                    now += (spent := min(wish, seconds_left))
                    waited[who] += spent
            except BudgetSpent:
                now += wish
            except NoTurn:
                raise AssertionError("nobody else waits") from None
            assert all(seconds <= 10 + now * 10 / 60 + 1e-6 for seconds in waited.values())
    finally:
        clock.monotonic = real
