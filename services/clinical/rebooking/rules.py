"""When an appointment is still to be changed. Pure."""

from __future__ import annotations

from shared.errors import Conflict


class NoteBegun(Conflict):
    """A note is its author's service, so the clinician stays while there is one."""

    code = "note_begun"
    detail = "Somebody has begun a note about this appointment. Its author can discard it."
