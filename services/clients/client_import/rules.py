"""What an import takes, and what it refuses. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from shared.errors import Conflict

ROWS_MAX: Final = 100_000
ON_DUPLICATE: Final = ("skip", "create")
RESULTS: Final = ("would_create", "created", "duplicate", "needs_decision", "error")
WITH_REASONS: Final = ("error", "duplicate", "needs_decision")  # the rows of the error file
VALUE_CHARACTERS_MAX: Final = 200  # of a cell, where a row is shown: a page of rows stays small
CREATE: Final = "create"
SKIP: Final = "skip"
SAME: Final = "same"
DECISIONS: Final = (CREATE, SKIP, SAME)
TWICE: Final = "twice_in_file"  # the code of a row whose person stands further up
CHECK: Final = "check"
ADD: Final = "add"


class NotChecked(Conflict):
    """Clients are added once every row has been checked."""

    code = "import_not_checked"
    detail = "The rows of this import are not checked. Wait until that is done, or import the file again."


class AlreadyCommitted(Conflict):
    """An import is committed once."""

    code = "import_committed"
    detail = "The clients of this import are added already, or are being added."


class NoDecisionNeeded(Conflict):
    """People decide on rows of which nobody can be sure."""

    code = "no_decision_needed"
    detail = "Nothing is to be decided on this row: what becomes of it is sure."


def is_for_people(result: str | None, decision: str | None, errors: Iterable[Mapping[str, Any]]) -> bool:
    """Whether a person decides on a row: a client may be the same person, or the file names them twice."""
    return result == "needs_decision" or decision is not None or any(error["code"] == TWICE for error in errors)
