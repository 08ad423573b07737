"""What a change of an appointment looks like; what it answers is the appointment, see `agenda.schemas`."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, post_load

from services.clinical.agenda.schemas import ConflictOverride
from services.clinical.rebooking.commands import AppointmentChanges
from shared.web.fields import Stripped, about


class AppointmentPatch(Stripped):
    """Changes to an appointment. What is left out stays."""

    staff_id = fields.UUID(metadata=about("Id of the clinician who gives the service from now on."))
    override = fields.Nested(ConflictOverride, metadata=about("Change it in spite of a conflict."))

    @post_load
    def _changes(self, data: dict[str, Any], **_: Any) -> AppointmentChanges:
        if "override" in data:
            data["override"] = data["override"]["reason"]
        return AppointmentChanges(**data)
