"""What the question for free times and its answer look like."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from services.clinical.agenda.schemas import Local
from services.clinical.open_slots import rules
from services.clinical.open_slots.queries import SlotQuestion
from services.clinical.open_slots.rules import Wish
from services.clinical.opening_hours.rules import WEEKDAYS
from shared.durations import SERVICE_MINUTES_MAX
from shared.web.fields import Day, Instant, Stripped, about, choice, flag
from shared.web.strict_fields import Id

WEEKDAY = choice(WEEKDAYS, "A day of the week.")


class SlotWishSchema(Stripped):
    """What suits somebody."""

    staff_id = Id(load_default=None, allow_none=True, metadata=about("Id of the clinician. null: anybody."))
    service_type_id = Id(
        load_default=None, allow_none=True, metadata=about(f"Id of the service. null: {rules.MINUTES} minutes.")
    )
    weekdays = fields.List(
        WEEKDAY,
        load_default=list,
        validate=validate.Length(max=len(WEEKDAYS)),
        metadata=about("Days that suit them. Without any, every day will do."),
    )
    part_of_day = choice(
        tuple(rules.PARTS_OF_DAY),
        "What part of the day suits them. null: any.",
        {"morning": "until noon", "afternoon": "from noon to 5 p.m.", "evening": "after 5 p.m."},
        load_default=None,
        allow_none=True,
    )

    @post_load
    def _wish(self, data: dict[str, Any], **_: Any) -> Wish:
        return Wish(**{**data, "weekdays": tuple(data["weekdays"])})


class OpenSlotsQuestion(Stripped):
    """For whom free times are looked for, and on which days."""

    wishes = fields.List(
        fields.Nested(SlotWishSchema),
        required=True,
        validate=validate.Length(1, rules.WISHES_MAX),
        metadata=about(f"What suits each of them; at most {rules.WISHES_MAX}."),
    )
    first = Day(
        load_default=None,
        allow_none=True,
        data_key="from",
        metadata=about("The first day, by the practice's clocks. Left out, or earlier: today."),
    )
    days = fields.Integer(
        strict=True,
        load_default=14,
        validate=validate.Range(1, rules.DAYS_MAX),
        metadata=about("How many days, the first one among them."),
    )
    limit = fields.Integer(
        strict=True,
        load_default=3,
        validate=validate.Range(1, rules.SLOTS_MAX),
        metadata=about("How many times at most for each wish."),
    )

    @post_load
    def _question(self, data: dict[str, Any], **_: Any) -> SlotQuestion:
        return SlotQuestion(**data)


class OpenSlotSchema(Schema):
    """A free time of a clinician."""

    staff_id = Id(metadata=about("Id of the clinician."))
    starts_at = Instant(metadata=about("When it starts."))
    starts_at_local = Local(metadata=about("When it starts, by the practice's clocks."))
    ends_at = Instant(metadata=about("When it ends."))


class WishedSlotsSchema(Schema):
    """What is free for one wish."""

    duration_minutes = fields.Integer(
        allow_none=True,
        validate=validate.Range(1, SERVICE_MINUTES_MAX),
        metadata=about("Length of each time in minutes; null where the service is unknown or archived."),
    )
    slots = fields.List(
        fields.Nested(OpenSlotSchema),
        metadata=about("Free times, the earliest first, then by the clinician's name. Those of one do not overlap."),
    )


class OpenSlotsSchema(Schema):
    """Free times for each wish."""

    time_zone = fields.String(metadata=about("The practice's time zone, in IANA's naming."))
    first = Day(data_key="from", attribute="from", metadata=about("The first day that was looked at."))
    last = Day(data_key="to", attribute="to", metadata=about("The last day that was looked at."))
    hours_known = flag(
        "Whether the practice has said when it is open. Where it has not, times from 8 a.m. to 8 p.m. are looked at, "
        "from Monday to Friday unless a wish names days."
    )
    more_clinicians = flag(
        f"Whether more than {rules.CLINICIANS_MAX} give services: then the first by name were looked at for a wish "
        "that names nobody."
    )
    items = fields.List(fields.Nested(WishedSlotsSchema), metadata=about("One entry per wish, in their order."))
