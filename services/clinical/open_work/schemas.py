"""What an answer about open work looks like."""

from __future__ import annotations

from marshmallow import Schema, fields

from services.clinical.agenda.schemas import status_of
from services.clinical.open_work.queries import LISTED_MAX
from shared.web.fields import Instant, about


class OpenAppointmentSchema(Schema):
    """A coming appointment."""

    id = fields.UUID(metadata=about("Id of the appointment."))
    starts_at = Instant(metadata=about("When it starts."))
    ends_at = Instant(metadata=about("When it ends."))
    time_zone = fields.String(metadata=about("Time zone that it was booked in, in IANA's naming."))
    status = status_of("What became of it; one that takes up time.")


class OpenDraftSchema(Schema):
    """A note that is not signed."""

    id = fields.UUID(metadata=about("Id of the note."))
    appointment_id = fields.UUID()
    case_id = fields.UUID()
    client_id = fields.UUID()
    created_at = Instant()


class PlanDueSchema(Schema):
    """A treatment plan whose review is due within 14 days, or was due."""

    id = fields.UUID(metadata=about("Id of the plan."))
    case_id = fields.UUID()
    client_id = fields.UUID()
    due_on = fields.Date(metadata=about("The day of the plan's review."))


class SupervisedSchema(Schema):
    """A member of staff whom they supervise."""

    id = fields.UUID(metadata=about("Id of the member of staff."))
    display_name = fields.String()


def _some(item: type[Schema], order: str) -> type[Schema]:
    """How many there are, and the first of them."""
    listed = Schema.from_dict(
        {
            "count": fields.Integer(metadata=about("How many there are in all.")),
            "items": fields.List(fields.Nested(item), metadata=about(order)),
        },
        name=item.__name__.removesuffix("Schema") + "Some",
    )
    listed.__doc__ = f"How many there are, and the first {LISTED_MAX} of them. Each item: {item.__doc__}"
    return listed


_APPOINTMENTS = _some(OpenAppointmentSchema, "By their start.")
_DRAFTS = _some(OpenDraftSchema, "Oldest first.")
_PLANS = _some(PlanDueSchema, "By the day of the review.")
_STAFF = _some(SupervisedSchema, "In the order in which they came.")


class OpenWorkSchema(Schema):
    """The open work of a member of staff: what somebody has to take over before or after they leave."""

    staff_id = fields.UUID()
    clients = fields.Integer(metadata=about("How many clients are assigned to them."))
    cases = fields.Integer(metadata=about("How many open cases they are on."))
    appointments = fields.Nested(
        _APPOINTMENTS, metadata=about("Coming appointments that they are to give, in order of their start.")
    )
    drafts = fields.Nested(_DRAFTS, metadata=about("Notes of theirs that are not signed, oldest first."))
    to_review = fields.Nested(
        _DRAFTS, metadata=about("Notes that wait for their approval or co-signature, oldest first.")
    )
    plans_due = fields.Nested(
        _PLANS,
        metadata=about(
            "Treatment plans of open cases that they are on, whose review is due, by the day of the review."
        ),
    )
    supervised = fields.Nested(_STAFF, metadata=about("Active staff whom they supervise."))
