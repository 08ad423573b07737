"""What becomes of each client of a bulk assignment. Pure."""

from __future__ import annotations

from typing import Final

from shared.errors import Conflict

CLIENTS_MAX: Final = 1_000
CLIENT_UNKNOWN: Final = "not_found"
# Why somebody stays assigned to a client when the assignment is undone.
CHANGED_SINCE: Final = "changed_since"
ASSIGNED_BEFORE: Final = "assigned_before"
HAS_OPEN_WORK: Final = "open_work"


class AssignmentUnderWay(Conflict):
    """An assignment of many clients is undone once it has ended."""

    code = "assignment_under_way"
    detail = "The clients are being assigned. Wait until that is done, or cancel it first."


class NothingAssigned(Conflict):
    """An assignment of many clients assigned nobody, so that there is nothing to undo."""

    code = "nothing_assigned"
    detail = "This assigned nobody: there is nothing to undo."
