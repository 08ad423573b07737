"""What a place on the waiting list looks like in requests and answers."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, post_load, validate

from services.clients.waiting.rules import PARTS_OF_DAY, WEEKDAYS, Waiting
from shared.web.fields import PastDay, Stripped, about, choice, text
from shared.web.strict_fields import Id

WEEKDAY = choice(WEEKDAYS, "A day of the week.")


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

    @post_load
    def _waiting(self, data: dict[str, Any], **_: Any) -> Waiting:
        days = tuple(day for day in WEEKDAYS if day in data["weekdays"])
        return Waiting(**{**data, "weekdays": days})
