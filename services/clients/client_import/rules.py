"""What an import takes, and what it refuses. Pure."""

from __future__ import annotations

from typing import Final

from shared.errors import Conflict

ROWS_MAX: Final = 100_000
ON_DUPLICATE: Final = ("skip", "create")
RESULTS: Final = ("would_create", "created", "duplicate", "needs_decision", "error")
WITH_REASONS: Final = ("error", "duplicate", "needs_decision")  # the rows of the error file
VALUE_CHARACTERS_MAX: Final = 200  # of a cell, where a row is shown: a page of rows stays small
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
