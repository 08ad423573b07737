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
# The rows of the error file: not added, or not all of them done.
WITH_REASONS: Final = ("error", "duplicate", "needs_decision", READY_WITH_PROBLEM, WITH_PROBLEM)
WAITING: Final = "waiting"
BOOKED: Final = "booked"
REFUSED: Final = "refused"
TAKEN_BACK: Final = "taken_back"  # with its client, when the import was undone
BOOKINGS: Final = (WAITING, BOOKED, REFUSED, TAKEN_BACK)
# Why clinical has not booked an appointment of a row, by the code that it gives.
NOT_BOOKED: Final[Mapping[str, str]] = {
    "staff_busy": "Not booked: the therapist has an appointment at that time.",
    "client_busy": "Not booked: the client has an appointment at that time.",
    "holiday": "Not booked: the practice is closed on that day.",
    "outside_hours": "Not booked: the practice is closed at that time.",
    "archived": "Not booked: the client is archived.",
    "cannot_document": "Not booked: the therapist has not joined, or has no level that signs notes.",
    "not_active": "Not booked: the therapist is deactivated, or the service is archived.",
    "out_of_span": "Not booked: the day is more than ten years away.",
    "no_service": "Not booked: the practice has no service so far.",
    "service_not_chosen": "Not booked: the practice has several services, and none was chosen for these appointments.",
    "permission_needed": "Not booked: the person who imported may not book appointments.",
    "unknown": "Not booked: the client, the therapist or the service is not there.",
}
NOT_BOOKED_OTHERWISE: Final = "The appointment could not be booked. Book it by hand."
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
