"""What may be done with a work item. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from shared.errors import Conflict
from shared.permissions import LEVELS

NOTICE: Final = "notice"  # the kind of what one person is told, and marks as read
STATES: Final = {"open": "it is to be looked at", "done": "somebody has done it, or its matter was settled"}
CHANGES: Final = {
    "raised": "it came up, or came up again",
    "assigned": "somebody got it",
    "unassigned": "nobody has it now",
    "due": "it is to be done by another day",
    "commented": "the comment changed",
    "done": "somebody marked it as done",
    "reopened": "somebody opened it again",
    "settled": "its matter was settled, so it closed by itself",
}


class NotByHand(Conflict):
    """Marking it as done would hide a matter that is still open."""

    code = "not_by_hand"
    detail = "This work item closes by itself as soon as its matter is settled."


class Settled(Conflict):
    """Its matter is settled: there is nothing left to do."""

    code = "settled"
    detail = "The matter of this work item is settled. It opens again if the matter comes up again."


class ItemDone(Conflict):
    """What is done is given to nobody."""

    code = "item_done"
    detail = "This work item is done. Open it again first."


class OwnNotice(Conflict):
    """A notice is for the person whom it was written for."""

    code = "own_notice"
    detail = "A notice is for one person. It cannot be given to somebody else and is due on no day."


def levels_held(permissions: Collection[str]) -> list[str]:
    """The levels all of whose permissions somebody has: a higher level holds those below it."""
    held = frozenset(permissions)
    return [level for level, needed in LEVELS.items() if needed <= held]


def ensure_may_change(given: Mapping[str, Any], *, kind: str, state: str, by_hand: bool, settled: bool) -> None:
    """Raises what refuses the new values of an item that has this kind and state.

    `by_hand`: whether somebody may mark the kind as done. `settled`: whether it closed by itself.
    """
    if kind == NOTICE and given.keys() & {"assignee_id", "due_on"}:
        raise OwnNotice()
    state_after = given.get("state", state)
    if state == "done" and state_after == "open" and settled:
        raise Settled()
    if state == "open" and state_after == "done" and not by_hand:
        raise NotByHand()
    if state == "done" == state_after and given.keys() & {"assignee_id", "due_on"}:
        raise ItemDone()


def changes_of(given: Mapping[str, Any]) -> list[str]:
    """Which of `CHANGES` the new values of an item are."""
    changes = []
    if "assignee_id" in given:
        changes.append("assigned" if given["assignee_id"] else "unassigned")
    if "due_on" in given:
        changes.append("due")
    if "comment" in given:
        changes.append("commented")
    if "state" in given:
        changes.append("done" if given["state"] == "done" else "reopened")
    return changes
