"""What services say to a proposed change of clients (`shared/client_changes.py`). Pure: rules import this module."""

from __future__ import annotations

from typing import Final

DELETE: Final = "delete"  # the kind of change that deletes a client
READY: Final = "ready"
HAS_APPOINTMENTS: Final = "has_appointments"
USED: Final = "used"
BEING_CHANGED: Final = "being_changed"
