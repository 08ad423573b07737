"""What an import takes, and what it refuses. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from shared.change_codes import HAS_APPOINTMENTS, USED
from shared.errors import Conflict

ROWS_MAX: Final = 100_000
ON_DUPLICATE: Final = ("skip", "create")
CREATED: Final = "created"
WITH_PROBLEM: Final = "created_with_problem"  # added, and something that the row says could not be done
READY: Final = "would_create"
READY_WITH_PROBLEM: Final = "would_create_with_problem"
TO_ADD: Final = (READY, READY_WITH_PROBLEM)
ADDED: Final = (CREATED, WITH_PROBLEM)
REMOVED: Final = "removed"
KEPT: Final = "kept"
RESULTS: Final = (*TO_ADD, *ADDED, "duplicate", "needs_decision", "error", REMOVED, KEPT)
WITH_REASONS: Final = ("error", "duplicate", "needs_decision")  # the rows of the error file
VALUE_CHARACTERS_MAX: Final = 200  # of a cell, where a row is shown: a page of rows stays small
CREATE: Final = "create"
SKIP: Final = "skip"
SAME: Final = "same"
DECISIONS: Final = (CREATE, SKIP, SAME)
TWICE: Final = "twice_in_file"  # the code of a row whose person stands further up
CHECK: Final = "check"
ADD: Final = "add"
CHANGED_SINCE: Final = "changed_since"
# Why a client stays when an import is undone. What else there is of them than appointments, not everybody may know.
STAYS: Final[Mapping[str, str]] = {
    CHANGED_SINCE: "Somebody has changed this client since the import.",
    HAS_APPOINTMENTS: "This client has appointments.",
    USED: "There are records of this client.",
}


class NotChecked(Conflict):
    """Clients are added once every row has been checked."""

    code = "import_not_checked"
    detail = "The rows of this import are not checked. Wait until that is done, or import the file again."


class AlreadyCommitted(Conflict):
    """An import is committed once."""

    code = "import_committed"
    detail = "The clients of this import are added already, or are being added."


class NotCommitted(Conflict):
    """What nobody has added, nobody can take back."""

    code = "import_not_committed"
    detail = "Nobody was added by this import."


class UnderWay(Conflict):
    """An import is undone once it has ended."""

    code = "import_under_way"
    detail = "The clients of this import are being added. Wait until that is done, or cancel it first."


class NoDecisionNeeded(Conflict):
    """People decide on rows of which nobody can be sure."""

    code = "no_decision_needed"
    detail = "Nothing is to be decided on this row: what becomes of it is sure."


def is_for_people(result: str | None, decision: str | None, errors: Iterable[Mapping[str, Any]]) -> bool:
    """Whether a person decides on a row: a client may be the same person, or the file names them twice."""
    return result == "needs_decision" or decision is not None or any(error["code"] == TWICE for error in errors)
