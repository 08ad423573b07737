"""What a place on the waiting list looks like in requests and answers."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from services.clients.waiting.rules import OFFERS_MAX, PARTS_OF_DAY, WEEKDAYS, OfferedTime, Waiting
from shared.web.fields import Instant, PastDay, Stripped, about, choice, text
from shared.web.strict_fields import Id

WEEKDAY = choice(WEEKDAYS, "A day of the week.")


class OfferSchema(Schema):
    """A time that was offered to somebody who waits."""

    staff_id = Id(metadata=about("Id of the clinician whose time it is."))
    starts_at = Instant(metadata=about("When the time begins."))
    offered_by = Id(metadata=about("Id of the member of staff or the API client who offered it."))
    offered_at = Instant(metadata=about("When it was offered."))


class NewOffer(Stripped):
    """A time that is offered to somebody who waits."""

    staff_id = Id(required=True, metadata=about("Id of the clinician whose time it is."))
    starts_at = Instant(required=True, metadata=about("When the time begins: to come, within a year."))

    @post_load
    def _time(self, data: dict[str, Any], **_: Any) -> OfferedTime:
        return OfferedTime(**data)


class WaitingSchema(Stripped):
    """A place on the waiting list."""

    since = PastDay(load_default=None, metadata=about("Day since when they wait; left out, today."))
    weekdays = fields.List(
        WEEKDAY,
        load_default=list,
        validate=validate.Length(max=len(WEEKDAYS)),
        metadata=about("Days on which they can come. Without any, every day will do."),
    )
    part_of_day = choice(
        PARTS_OF_DAY,
        "When they can come. null: at any hour.",
        {"morning": "until noon", "afternoon": "from noon to 5 p.m.", "evening": "after 5 p.m."},
        load_default=None,
        allow_none=True,
    )
    staff_id = Id(
        load_default=None, allow_none=True, metadata=about("Id of the clinician whom they wish for. null: anybody.")
    )
    service_type_id = Id(
        load_default=None,
        allow_none=True,
        metadata=about("Service that they wait for; whether there is one is not looked up. null: not said."),
    )
    note = text(500, "What else they wish for.", load_default=None, allow_none=True)

    offers = fields.List(
        fields.Nested(OfferSchema),
        dump_only=True,
        metadata=about(f"The last times that were offered to them, at most {OFFERS_MAX}, the last offer first."),
    )

    @post_load
    def _waiting(self, data: dict[str, Any], **_: Any) -> Waiting:
        days = tuple(day for day in WEEKDAYS if day in data["weekdays"])
        return Waiting(**{**data, "weekdays": days})
