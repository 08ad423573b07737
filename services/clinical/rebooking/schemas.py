"""What a change of an appointment looks like; what it answers is the appointment, see `agenda.schemas`."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, post_load, validate

from services.clinical.agenda.schemas import ConflictOverride, Local, telehealth_field
from services.clinical.rebooking.rules import AppointmentChanges
from shared.durations import SERVICE_MINUTES_MAX
from shared.web.fields import Stripped, TimeZone, about, place_of_service
from shared.web.strict_fields import Id


class AppointmentPatch(Stripped):
    """Changes to an appointment. What is left out stays."""

    starts_at_local = Local(
        metadata=about(
            "When it starts from now on: at most ten years before or after today in the practice's time zone."
            " Its length stays, unless `duration_minutes` is given too."
        )
    )
    time_zone = TimeZone(
        metadata=about("Time zone of its start, in IANA's naming. What clocks show there stays, unless that is given.")
    )
    duration_minutes = fields.Integer(
        strict=True, validate=validate.Range(1, SERVICE_MINUTES_MAX), metadata=about("Length in minutes.")
    )
    staff_id = Id(metadata=about("Id of the clinician who gives the service from now on."))
    service_type_id = Id(
        metadata=about("Id of the service to give from now on. The length stays, unless it is given too.")
    )
    location_id = Id(
        allow_none=True,
        metadata=about(
            "Id of the location from now on; null: none, as for a home visit. Its place of service holds then, unless"
            " the appointment is by telehealth or you say otherwise."
        ),
    )
    place_of_service = place_of_service(allow_none=True)
    telehealth = telehealth_field()
    override = fields.Nested(ConflictOverride, metadata=about("Change it in spite of a conflict."))

    @post_load
    def _changes(self, data: dict[str, Any], **_: Any) -> AppointmentChanges:
        if "override" in data:
            data["override"] = data["override"]["reason"]
        return AppointmentChanges(**data)
