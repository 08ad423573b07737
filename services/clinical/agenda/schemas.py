"""What agenda requests and answers look like."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from marshmallow import Schema, ValidationError, fields, validate

from services.clinical.agenda import rules
from services.clinical.agenda.lists import CLIENT_ORDERS, GROUP_ORDERS
from shared.web.cursors import CURSOR_CHARACTERS_MAX
from shared.web.fields import (
    FIRST_DAY,
    LAST_DAY,
    Day,
    Instant,
    Numeral,
    Several,
    Stripped,
    TimeZone,
    about,
    choice,
    flag,
    text,
)
from shared.web.paging import LIMIT_MAX, PageQuery, page_of
from shared.web.strict_fields import Id

LOCAL_FORMAT = "%Y-%m-%dT%H:%M"


class Local(fields.String):
    """What clocks show, to the minute and without an offset: `2026-10-06T16:00`."""

    UNIT: ClassVar[str] = "Local time of the appointment's `time_zone`, as `YYYY-MM-DDTHH:MM` without an offset."

    def _deserialize(self, *arguments: Any, **options: Any) -> Any:
        value = super()._deserialize(*arguments, **options)
        try:
            parsed = datetime.strptime(value, LOCAL_FORMAT)  # noqa: DTZ007 - local time has no zone by itself
        except ValueError as error:
            raise ValidationError("Give a local time as YYYY-MM-DDTHH:MM.") from error
        if parsed.strftime(LOCAL_FORMAT) != value or not FIRST_DAY <= parsed.date() <= LAST_DAY:
            raise ValidationError("Give a local time as YYYY-MM-DDTHH:MM.")
        return parsed

    def _serialize(self, value: Any, *_: Any, **__: Any) -> Any:
        return None if value is None else self.shown(value)

    @staticmethod
    def shown(value: datetime) -> str:
        """As an answer has it; see `shared.web.dumping`."""
        return value.isoformat(timespec="minutes")[:16]  # without an offset


def status_of(description: str, **options: Any) -> fields.String:
    """The status of an appointment."""
    return choice(
        rules.STATUSES,
        description,
        {
            "booked": "it is to take place",
            "confirmed": "the client has said that they come",
            "arrived": "the client came",
            "no_show": "the client did not come",
            "late_cancelled": "cancelled later than the cancellation policy allows",
            "cancelled": "cancelled in time",
        },
        **options,
    )


def telehealth_field(**options: Any) -> fields.Boolean:
    """Whether by telehealth."""
    description = "By telehealth: place of service 10 (at home) unless it is 02. Default: as the location is."
    return flag(description, allow_none=True, **options)


class ConflictOverride(Stripped):
    """Why an appointment is booked in spite of a conflict. Needs the permission `appointments:override`."""

    reason = text(500, "Why the conflict is accepted. It is kept with the appointment.", lines=True, required=True)


class AppointmentSchema(Schema):
    """An appointment."""

    id = Id()
    version = fields.Integer()
    starts_at = Instant(metadata=about("When it starts."))
    ends_at = Instant(metadata=about("When it ends."))
    starts_at_local = Local(metadata=about("When it starts, as it was booked."))
    time_zone = fields.String(
        metadata=about("Time zone that it was booked in, in IANA's naming. It stays when the practice's changes.")
    )
    duration_minutes = fields.Integer(metadata=about("Length in minutes, across a change of clocks too."))
    status = status_of("What became of it.")
    status_reason = fields.String(allow_none=True, metadata=about("Why it has this status, where somebody said so."))
    staff_id = Id(metadata=about("Id of the clinician who gives the service."))
    client_ids = fields.List(Id(), metadata=about("Ids of the clients who come, as far as you may know of them."))
    group_id = Id(allow_none=True, metadata=about("Id of the group that it was booked for; null where it was none."))
    service_type_id = Id()
    location_id = Id(
        allow_none=True, metadata=about("Id of the location; null where none is named, as for a home visit.")
    )
    place_of_service = fields.String(
        allow_none=True, metadata=about("Place of service code (CMS); null where nobody said.")
    )
    telehealth = fields.Boolean(
        allow_none=True, metadata=about("Whether it is given by telehealth; null where nobody said.")
    )
    overridden = fields.Boolean(metadata=about("Whether it was booked in spite of a conflict."))
    override_reason = fields.String(
        allow_none=True, metadata=about("Why the conflict was accepted; null where there was none.")
    )
    documented = fields.Boolean(metadata=about("Whether each of these clients who did not miss it has a signed note."))


class BookingWarningSchema(Schema):
    """Something to see to about an appointment that was booked all the same."""

    code = choice(
        ("clinician_not_assigned",),
        "What it is.",
        {"clinician_not_assigned": "the clinician cannot write about these clients until they are assigned to them"},
    )
    detail = fields.String(metadata=about("The same as a sentence."))
    client_ids = fields.List(Id(), metadata=about("Ids of the clients whom it is about."))


class BookedAppointmentSchema(AppointmentSchema):
    """An appointment that has just been booked."""

    warnings = fields.List(fields.Nested(BookingWarningSchema), metadata=about("What to see to, if anything."))


class AgendaQuery(Schema):
    """Which days, and whose."""

    first = Day(
        required=True,
        data_key="from",
        metadata=about("The first day, by the clocks of each appointment's own zone."),
    )
    last = Day(
        required=True,
        data_key="to",
        metadata=about(f"The last day, by the same clocks. At most {rules.AGENDA_DAYS_MAX} days in all."),
    )
    staff_id = Id(load_default=None, metadata=about("Id of one clinician. Leave it out for everybody."))
    staff_ids = Several(Id(), "Ids of clinicians. Leave it out for everybody.", rules.CLINICIANS_MAX, load_default=None)
    location_id = Id(load_default=None, metadata=about("Id of the location where they take place."))
    status = Several(
        status_of("One status."), "Only these statuses. Leave it out for all.", len(rules.STATUSES), load_default=None
    )
    limit = Numeral(
        load_default=None,
        validate=validate.Range(1, LIMIT_MAX),
        metadata=about("How many at most. Leave it out for all of these days at once."),
    )
    cursor = fields.String(load_default=None, validate=validate.Length(max=CURSOR_CHARACTERS_MAX))


class AppointmentsQuery(PageQuery):
    """Which days. They are those of each appointment's own zone."""

    first = Day(
        load_default=None,
        data_key="from",
        metadata=about(
            "The first day, by the clocks of each appointment's own zone. Leave it out for all earlier ones."
        ),
    )
    last = Day(
        load_default=None,
        data_key="to",
        metadata=about("The last day, by the same clocks. Leave it out for all later ones."),
    )


class ClientAppointmentsQuery(AppointmentsQuery):
    """Which of a client's appointments."""

    sort = CLIENT_ORDERS.parameter()


class GroupSessionsQuery(AppointmentsQuery):
    """Which of a group's sessions."""

    sort = GROUP_ORDERS.parameter()


class TimeZoneQuery(Schema):
    """The time zone that the organization may move to."""

    time_zone = TimeZone(required=True)


class TimeZoneChangeSchema(Schema):
    """What another time zone of the organization would leave as it is."""

    time_zone = fields.String(metadata=about("The time zone that was asked about, in IANA's naming."))
    before = fields.String(metadata=about("The organization's present time zone, in IANA's naming."))
    kept = fields.Integer(
        metadata=about("How many coming appointments were booked in another zone. Each keeps its instant and its zone.")
    )


class AgendaClientSchema(Schema):
    """A client on the agenda."""

    id = Id(metadata=about("Id of the client."))
    name = fields.String(
        allow_none=True,
        metadata=about("The name as colleagues see it; null for some moments after the client was added."),
    )


class AgendaItemSchema(Schema):
    """An appointment on the agenda."""

    id = Id(metadata=about("Id of the appointment."))
    starts_at = Instant(metadata=about("When it starts."))
    ends_at = Instant(metadata=about("When it ends."))
    starts_at_local = Local(metadata=about("When it starts, as it was booked."))
    time_zone = fields.String(metadata=about("Time zone that it was booked in, in IANA's naming."))
    status = status_of("What became of it.")
    staff_id = Id(metadata=about("Id of the clinician who gives the service."))
    clients = fields.List(
        fields.Nested(AgendaClientSchema), metadata=about("The clients who come, as far as you may know of them.")
    )
    group_id = Id(allow_none=True, metadata=about("Id of the group that it was booked for; null where it was none."))
    service_type_id = Id()
    location_id = Id(
        allow_none=True, metadata=about("Id of the location; null where none is named, as for a home visit.")
    )
    telehealth = fields.Boolean(
        allow_none=True, metadata=about("Whether it is given by telehealth; null where nobody said.")
    )
    overridden = fields.Boolean(metadata=about("Whether it was booked in spite of a conflict."))
    documented = fields.Boolean(metadata=about("Whether each of these clients who did not miss it has a signed note."))


class AgendaSchema(Schema):
    """The agenda of some days: everything at once, or in pages where `limit` is given."""

    items = fields.List(
        fields.Nested(AgendaItemSchema),
        metadata=about("The appointments that start on these days, in order of their start."),
    )
    next_cursor = fields.String(
        allow_none=True, metadata=about("Where the next page begins; null on the last one, and without `limit`.")
    )


GroupSessionsPage = page_of(AgendaItemSchema, "As `sort` says.", name="GroupSessionsPage")
ClientAppointmentsPage = page_of(AgendaItemSchema, "As `sort` says.", name="ClientAppointmentsPage")
