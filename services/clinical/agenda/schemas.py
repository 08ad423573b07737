"""What agenda requests and answers look like."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from services.clinical.agenda import rules
from services.clinical.agenda.commands import Booking, NewStatus
from shared.web.fields import Day, Instant, Stripped, TimeZone, choice, flag, place_of_service, text

LOCAL_FORMAT = "%Y-%m-%dT%H:%M"


class Local(fields.String):
    """What clocks show, to the minute and without an offset: `2026-10-06T16:00`."""

    def _deserialize(self, *arguments: Any, **options: Any) -> Any:
        value = super()._deserialize(*arguments, **options)
        try:
            parsed = datetime.strptime(value, LOCAL_FORMAT)  # noqa: DTZ007 - local time has no zone by itself
        except ValueError as error:
            raise ValidationError("Give a local time as YYYY-MM-DDTHH:MM.") from error
        if parsed.strftime(LOCAL_FORMAT) != value or not 1970 <= parsed.year <= 2200:
            raise ValidationError("Give a local time as YYYY-MM-DDTHH:MM.")
        return parsed

    def _serialize(self, value: Any, *_: Any, **__: Any) -> Any:
        return None if value is None else value.strftime(LOCAL_FORMAT)


def _distinct(values: list[Any]) -> None:
    if len(set(values)) != len(values):
        raise ValidationError("Each client once.")


def telehealth_field(**options: Any) -> fields.Boolean:
    """Whether by telehealth."""
    description = "By telehealth: place of service 10 (at home) unless it is 02. Default: as the location is."
    return flag(description, allow_none=True, **options)


class ConflictOverride(Stripped):
    """Why a conflict is accepted."""

    reason = text(500, "Kept with the appointment.", lines=True, required=True)


class NewAppointment(Stripped):
    """An appointment to book."""

    client_ids = fields.List(fields.UUID(), required=True, validate=[validate.Length(1, rules.CLIENTS_MAX), _distinct])
    case_id = fields.UUID(allow_none=True, metadata={"description": "Default: the client's only open case."})
    staff_id = fields.UUID(required=True, metadata={"description": "The clinician."})
    service_type_id = fields.UUID(required=True)
    location_id = fields.UUID(allow_none=True)
    place_of_service = place_of_service(allow_none=True)
    telehealth = telehealth_field()
    starts_at_local = Local(required=True, metadata={"description": "YYYY-MM-DDTHH:MM, no offset."})
    time_zone = TimeZone(allow_none=True, metadata={"description": "Default: the location's, else the practice's."})
    duration_minutes = fields.Integer(
        strict=True,
        allow_none=True,
        validate=validate.Range(1, rules.DURATION_MINUTES_MAX),
        metadata={"description": "Default: the service's."},
    )
    override = fields.Nested(
        ConflictOverride, allow_none=True, metadata={"description": "Book in spite of a conflict."}
    )

    @post_load
    def _booking(self, data: dict[str, Any], **_: Any) -> Booking:
        override = data.pop("override", None)
        place = rules.Place(data.pop("place_of_service", None), data.pop("telehealth", None))
        return Booking(override_reason=override["reason"] if override else None, place=place, **data)


class StatusChange(Stripped):
    """A new status."""

    status = choice(rules.STATUSES, "What happened.", required=True)
    reason = text(500, "Why.", lines=True, load_default=None, allow_none=True)

    @post_load
    def _new_status(self, data: dict[str, Any], **_: Any) -> NewStatus:
        return NewStatus(**data)


class AppointmentSchema(Schema):
    """An appointment."""

    id = fields.UUID()
    version = fields.Integer()
    starts_at = Instant()
    ends_at = Instant()
    starts_at_local = Local()
    time_zone = fields.String()
    duration_minutes = fields.Integer()
    status = fields.String()
    status_reason = fields.String(allow_none=True)
    staff_id = fields.UUID()
    client_ids = fields.List(fields.UUID(), metadata={"description": "Those whom you may know of."})
    service_type_id = fields.UUID()
    location_id = fields.UUID(allow_none=True)
    place_of_service = fields.String(allow_none=True, metadata={"description": "CMS place of service."})
    telehealth = fields.Boolean(allow_none=True, metadata={"description": "null: nobody said."})
    overridden = fields.Boolean()
    documented = fields.Boolean(metadata={"description": "For each of these clients."})


class AgendaQuery(Schema):
    """Which days, and whose."""

    first = Day(required=True, data_key="from")
    last = Day(required=True, data_key="to")
    staff_id = fields.UUID(load_default=None)


class TimeZoneQuery(Schema):
    """The time zone that the organization thinks of."""

    time_zone = TimeZone(required=True)


class TimeZoneChangeSchema(Schema):
    """What a new time zone leaves as it is."""

    time_zone = fields.String()
    before = fields.String(metadata={"description": "The organization's present time zone."})
    kept = fields.Integer(
        metadata={"description": "Coming appointments in another zone; each keeps its instant and zone."}
    )


class AgendaClientSchema(Schema):
    """A client on the agenda."""

    id = fields.UUID()
    name = fields.String(allow_none=True)


class AgendaItemSchema(Schema):
    """An appointment on the agenda."""

    id = fields.UUID()
    starts_at = Instant()
    ends_at = Instant()
    starts_at_local = Local()
    time_zone = fields.String()
    status = fields.String()
    staff_id = fields.UUID()
    clients = fields.List(fields.Nested(AgendaClientSchema))
    service_type_id = fields.UUID()
    location_id = fields.UUID(allow_none=True)
    telehealth = fields.Boolean(allow_none=True, metadata={"description": "null: nobody said."})
    overridden = fields.Boolean()
    documented = fields.Boolean()


class AgendaSchema(Schema):
    """The agenda: everything at once, no pages."""

    items = fields.List(fields.Nested(AgendaItemSchema))
    next_cursor = fields.String(allow_none=True)
