"""What reports about visits are asked for, and what they look like."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from services.clinical.client_reports import rules
from services.clinical.client_reports.rules import DAYS_MAX
from services.clinical.visits.schemas import VisitSchema
from shared.web.fields import Numeral, about, choice
from shared.web.reports import ReportQuery, report_of

BOOKED = {
    rules.ANYTHING: "all active clients",
    rules.NOTHING: "those who have no appointment that is `booked` or `confirmed` and not over",
}


class NotSeenQuery(ReportQuery):
    """For how long they were not seen."""

    days = Numeral(
        load_default=60,
        validate=validate.Range(1, DAYS_MAX),
        metadata=about("Whole days since the last visit, at least; counted on the practice's calendar."),
    )


class ActiveQuery(ReportQuery):
    """Which active clients."""

    booked = choice(BOOKED, "Which of them, by their appointments to come.", BOOKED, load_default=rules.ANYTHING)


class ReportedStaffSchema(Schema):
    """A member of staff by name."""

    staff_id = fields.UUID(metadata=about("Id of the member of staff."))
    display_name = fields.String(metadata=about("The name as colleagues see it."))


class NotSeenClientSchema(Schema):
    """A client who was not seen lately."""

    client_id = fields.UUID(metadata=about("Id of the client."))
    display_name = fields.String(metadata=about("The preferred or else the given name, and the family name."))
    staff = fields.List(fields.Nested(ReportedStaffSchema), metadata=about("Who is assigned, by name."))
    last_visit = fields.Nested(
        VisitSchema,
        allow_none=True,
        metadata=about("The last appointment that was kept (`arrived`); null: they were never here."),
    )


class ActiveClientSchema(NotSeenClientSchema):
    """An active client."""

    next_appointment = fields.Nested(
        VisitSchema,
        allow_none=True,
        metadata=about("The first that is `booked` or `confirmed` and not over; null where nothing is booked."),
    )


ORDER = "Who was never here first, then who was here longest ago."
NotSeenReport = report_of(NotSeenClientSchema, ORDER, name="NotSeenReport")
ActiveClientsReport = report_of(ActiveClientSchema, ORDER, name="ActiveClientsReport")
