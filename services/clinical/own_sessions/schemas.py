"""What a question about one's own sessions asks and answers."""

from __future__ import annotations

from marshmallow import Schema, fields

from services.clinical.own_sessions.queries import DAYS_MAX
from shared.web.fields import Day, about


class GivenSessionsQuery(Schema):
    """Which days."""

    first = Day(
        required=True,
        data_key="from",
        metadata=about("The first day, by the clocks of each appointment's own zone."),
    )
    last = Day(
        required=True,
        data_key="to",
        metadata=about(f"The last day, by the same clocks. At most {DAYS_MAX} days in all."),
    )


class DayOfSessionsSchema(Schema):
    """What you gave on one day."""

    on = fields.Date(metadata=about("The day, by the clocks of each appointment's own zone."))
    sessions = fields.Integer(metadata=about("How many appointments of yours were kept."))
    minutes = fields.Integer(metadata=about("How many minutes they were booked for."))


class GivenSessionsSchema(Schema):
    """Your kept sessions by day."""

    items = fields.List(
        fields.Nested(DayOfSessionsSchema),
        metadata=about("Oldest day first. Days without one are left out."),
    )
