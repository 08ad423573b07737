"""What a booking and a roster look like."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from services.clinical.agenda.commands import Booking
from services.clinical.agenda.rules import CLIENTS_MAX, Place
from services.clinical.agenda.schemas import ConflictOverride, Local, status_of, telehealth_field
from shared.durations import SERVICE_MINUTES_MAX
from shared.web.fields import Instant, Stripped, TimeZone, about, place_of_service
from shared.web.strict_fields import Id


def _distinct(values: list[Any]) -> None:
    if len(set(values)) != len(values):
        raise ValidationError("Each client once.")


class NewAppointment(Stripped):
    """An appointment to book."""

    client_ids = fields.List(
        Id(),
        validate=[validate.Length(1, CLIENTS_MAX), _distinct],
        metadata=about("Ids of the clients who come, each once. Leave it out with `group_id`."),
    )
    group_id = Id(
        metadata=about(
            "Id of a group, instead of `client_ids`: everybody comes who belongs to it on that day. Until the "
            "appointment begins, or somebody writes about it, who joins or leaves the group joins or leaves it too."
        )
    )
    case_id = Id(
        allow_none=True,
        metadata=about(
            "Id of the case that it belongs to, where one client comes. Default: that client's only open case."
        ),
    )
    staff_id = Id(required=True, metadata=about("Id of the clinician who gives the service."))
    service_type_id = Id(
        required=True, metadata=about("Id of the service to give, which decides the length and what is billed.")
    )
    location_id = Id(allow_none=True, metadata=about("Id of the location. null: none, as for a home visit."))
    place_of_service = place_of_service(allow_none=True)
    telehealth = telehealth_field()
    starts_at_local = Local(
        required=True,
        metadata=about("When it starts: at most ten years before or after today in the practice's time zone."),
    )
    time_zone = TimeZone(
        allow_none=True,
        metadata=about(
            "Time zone of `starts_at_local`, in IANA's naming. Default: the location's, else the practice's."
        ),
    )
    duration_minutes = fields.Integer(
        strict=True,
        allow_none=True,
        validate=validate.Range(1, SERVICE_MINUTES_MAX),
        metadata=about("Length in minutes. Default: the service's."),
    )
    override = fields.Nested(ConflictOverride, allow_none=True, metadata=about("Book in spite of a conflict."))

    @validates_schema(skip_on_field_errors=True)
    def _clients_or_group(self, data: dict[str, Any], **_: Any) -> None:
        if ("client_ids" in data) == ("group_id" in data):
            raise ValidationError("Give either `client_ids` or `group_id`.", "client_ids")
        if data.get("case_id") is not None and "group_id" in data:
            raise ValidationError("Each client of a group has a case of their own.", "case_id")

    @post_load
    def _booking(self, data: dict[str, Any], **_: Any) -> Booking:
        override = data.pop("override", None)
        place = Place(data.pop("place_of_service", None), data.pop("telehealth", None))
        data.setdefault("client_ids", [])
        return Booking(override_reason=override["reason"] if override else None, place=place, **data)


class RosterMemberSchema(Schema):
    """One client of an appointment."""

    client_id = Id()
    name = fields.String(
        allow_none=True,
        metadata=about("The name as colleagues see it; null for some moments after the client was added."),
    )
    status = status_of("What became of it for this client.")
    documented = fields.Boolean(metadata=about("Whether there is a signed note about this client."))
    note_id = Id(
        allow_none=True,
        metadata=about("Id of the note about this client; null where there is none, and for those who do not read it."),
    )


class RosterSchema(Schema):
    """Who comes to an appointment, and what became of it for each of them."""

    appointment_id = Id()
    group_id = Id(allow_none=True, metadata=about("Id of the group that it was booked for; null where it was none."))
    frozen_at = Instant(
        allow_none=True,
        metadata=about(
            "Since when who joins or leaves the group changes nothing here: its start, or the first note about it if "
            "that came first. null: it still follows the group, or there is none."
        ),
    )
    status = status_of("What became of the whole appointment.")
    members = fields.List(
        fields.Nested(RosterMemberSchema), metadata=about("The clients by name, as far as you may know of them.")
    )
