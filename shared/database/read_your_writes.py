"""Read your own writes across services: wait a moment for an event that must be on its way.

An id that the gateway answered with 2xx is usable at once everywhere. A service that keeps a copy of
another's facts may be asked before the event arrived; a version 7 id tells how old it is.

A wait while the transaction holds locks keeps everybody waiting who needs them. So waits come before the first lock.
And it holds a thread: at most three requests of a process wait, two of them of one account, and those of one account
ten seconds a minute. The others are refused at once with `Retry-After`, as they would be after the wait.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

from shared import clock
from shared.database.session import Session
from shared.database.waiting_turns import BudgetSpent, NoTurn, WaitingTurns
from shared.errors import NotFound, Unavailable
from shared.ids import born_at, may_belong

WAIT_SECONDS = 2.0
STEP_SECONDS = 0.05
YOUNG = timedelta(seconds=60)
TURNS = WaitingTurns()

T = TypeVar("T")


class NotArrivedYet(Unavailable):
    """The id is so young that the event which tells of it may still be under way."""

    code = "not_arrived_yet"
    detail = "This was created a moment ago and has not arrived here yet. Try again in a second."


class LocksHeld(RuntimeError):
    """A programming error: the code would wait for an event while its transaction holds locks."""


def arrived(
    session: Session,
    look_up: Callable[[], T | None],
    identifier: UUID,
    organization_id: UUID,
    missing: Exception | None = None,
) -> T:
    """What `look_up` finds, waiting up to `WAIT_SECONDS` while `identifier` is younger than a minute.

    `look_up` runs in the caller's READ COMMITTED transaction, where each statement sees what has been
    committed since. Raises `missing` (default `NotFound`) for an old or malformed id or another organization's,
    `NotArrivedYet` (503, `Retry-After: 1`) for a young one, `LocksHeld`.
    """
    _ensure_no_locks(session)
    if (found := look_up()) is not None:
        return found
    if not is_young(identifier) or not may_belong(identifier, organization_id):
        raise missing or NotFound()
    return awaited(session, look_up)


def is_young(identifier: UUID) -> bool:
    """Whether what this id names came to be so recently that events which tell of it may be under way."""
    born = born_at(identifier)
    return born is not None and clock.now() - born <= YOUNG


def awaited(session: Session, look_up: Callable[[], T | None]) -> T:
    """What `look_up` finds within `WAIT_SECONDS`, for what must come, however late.

    Raises `NotArrivedYet`, `LocksHeld`.
    """
    _ensure_no_locks(session)
    if (found := look_up()) is not None:
        return found
    try:
        with TURNS.turn(session.organization_id, session.account_id) as seconds_left:
            deadline = clock.monotonic() + min(WAIT_SECONDS, seconds_left)
            while clock.monotonic() < deadline:
                clock.sleep(STEP_SECONDS)
                if (found := look_up()) is not None:
                    return found
    except NoTurn as error:
        raise NotArrivedYet() from error
    raise NotArrivedYet()


def wait_until_true(session: Session, look: Callable[[], bool], seconds: float = 1.0) -> bool:
    """Whether `look` is or becomes true within a moment.

    For a refusal that rests on a copy (no licence, not assigned): what was entered elsewhere a moment ago
    may still be under way, and a wrong refusal costs a person more than a second. Where who asks has waited enough,
    what is known now is the answer. Raises `NotArrivedYet` while others wait, `LocksHeld`.
    """
    _ensure_no_locks(session)
    if look():
        return True
    try:
        with TURNS.turn(session.organization_id, session.account_id) as seconds_left:
            deadline = clock.monotonic() + min(seconds, seconds_left)
            while not (found := look()) and clock.monotonic() < deadline:
                clock.sleep(STEP_SECONDS)
            return found
    except BudgetSpent:
        return False
    except NoTurn as error:
        raise NotArrivedYet() from error


def _ensure_no_locks(session: Session) -> None:
    """Raises `LocksHeld` even when there is nothing to wait for, so that any test of the path finds the error."""
    if session.holds_locks:
        raise LocksHeld("What may wait for an event comes before the locks.")
