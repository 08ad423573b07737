"""What services say to a proposed change of clients (`shared/client_changes.py`). Pure: rules import this module."""

from __future__ import annotations

from typing import Final

DELETE: Final = "delete"  # the kind of change that deletes a client
UNDO_IMPORT: Final = "undo_import"  # deletes those clients of an import who are not used
MERGE: Final = "merge"  # the first of two clients ends, and the second one takes over their records
UNMERGE: Final = "unmerge"  # the two are separate again
# Kinds that take each client by themselves: who is used stays, and the others are held.
ONE_BY_ONE: Final = frozenset({UNDO_IMPORT})
READY: Final = "ready"
HAS_APPOINTMENTS: Final = "has_appointments"
USED: Final = "used"
SAME_APPOINTMENT: Final = "same_appointment"  # both have a place in an appointment, or belong to a group, at once
BEING_CHANGED: Final = "being_changed"
