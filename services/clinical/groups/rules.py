"""Who is on the roster of a group on which day, and what joining and leaving make of it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from services.clinical.agenda.rules import CLIENTS_MAX
from shared.errors import Conflict, FieldError, Forbidden

MEMBERS_MAX: Final = CLIENTS_MAX  # on one day: so many clients fit into a session
FACILITATORS_MAX: Final = 5
# Who belongs to a group today or later, counted by time spent in it: beyond that somebody plans what nobody reads.
AHEAD_MAX: Final = 60
SESSIONS_MAX: Final = 200  # that are to come: joining and leaving changes each of them
DAY: Final = timedelta(days=1)


class OverCapacity(Conflict):
    """The group has room for fewer; somebody may decide that it takes one more all the same."""

    code = "over_capacity"


class GroupFull(Conflict):
    """No session takes more clients, whatever the group's own capacity is."""

    code = "group_full"
    detail = f"A group has at most {MEMBERS_MAX} members on one day, and {AHEAD_MAX} who belong to it now or later."


class GroupArchived(Conflict):
    """Nobody joins what does not go on."""

    code = "group_archived"
    detail = "This group is archived. Restore it first."


class ColleaguesGroup(Forbidden):
    """Somebody who sees assigned clients only tried to change a group that others lead, perhaps with clients unknown
    to them.
    """

    code = "colleagues_group"
    detail = "Your organization shows you assigned clients only. Ask who leads this group or the front desk."


@dataclass(frozen=True, slots=True)
class Membership:
    """A client belongs to a group from the first day through the last; None: until somebody ends it."""

    client_id: UUID
    first: date
    last: date | None = None

    def covers(self, day: date) -> bool:
        """Whether they belong to the group on that day."""
        return self.first <= day and (self.last is None or day <= self.last)


def roster(memberships: Iterable[Membership], day: date) -> list[UUID]:
    """The clients who belong to the group on a day, each once, who joined first coming first."""
    there = sorted((each for each in memberships if each.covers(day)), key=lambda each: (each.first, each.client_id))
    return list(dict.fromkeys(each.client_id for each in there))


def most_from(memberships: Sequence[Membership], day: date) -> int:
    """How many belong to the group at most on any one day from `day` on."""
    # The number rises on first days alone.
    days = {day, *(each.first for each in memberships if each.first > day)}
    return max(len(roster(memberships, each)) for each in days)


def joined(memberships: Iterable[Membership], family: Sequence[UUID], day: date) -> list[Membership]:
    """The memberships once a client belongs to the group from `day` on. What was before that day stays as it was.

    `family`: the ids of the client, their own first.
    """
    others, theirs = _parted(memberships, family)
    earlier = [each for each in theirs if each.first <= day]
    going_on = next((each for each in earlier if each.last is None or each.last >= day - DAY), None)
    if going_on is None:
        return [*others, *earlier, Membership(family[0], day)]
    return [*others, *(replace(each, last=None) if each is going_on else each for each in earlier)]


def left(memberships: Iterable[Membership], family: Sequence[UUID], day: date) -> list[Membership]:
    """The memberships once a client does not belong to the group from `day` on. What was before stays as it was."""
    others, theirs = _parted(memberships, family)
    earlier = [each for each in theirs if each.first < day]
    return [*others, *(replace(each, last=day - DAY) if each.covers(day) else each for each in earlier)]


def ensure_room(before: Sequence[Membership], after: Sequence[Membership], day: date, capacity: int) -> None:
    """Raises `GroupFull` for more than any group has, `OverCapacity` where this group has fewer and gets more."""
    most = most_from(after, day)
    if most > MEMBERS_MAX or sum(each.last is None or each.last >= day for each in after) > AHEAD_MAX:
        raise GroupFull()
    if most > capacity and most > most_from(before, day):
        detail = f"The group has room for {capacity}, and would have {most} members."
        raise OverCapacity(detail, errors=[FieldError("client_id", OverCapacity.code, detail, str(capacity))])


def _parted(memberships: Iterable[Membership], family: Sequence[UUID]) -> tuple[list[Membership], list[Membership]]:
    """Those of the others, and the client's."""
    others: list[Membership] = []
    theirs: list[Membership] = []
    for each in memberships:
        (theirs if each.client_id in family else others).append(each)
    return others, theirs
