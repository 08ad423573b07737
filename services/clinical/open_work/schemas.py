"""What an answer about open work looks like."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from services.clinical.agenda.schemas import status_of
from services.clinical.open_work.queries import LISTED_MAX
from services.clinical.open_work.rules import MOVED_MAX, HandOver
from shared.web.fields import Instant, Stripped, about, choice, flag
from shared.web.strict_fields import Id


class OpenWorkQuery(Stripped):
    """Whose share of somebody's open work to list."""

    client_id = Id(load_default=None, metadata=about("Only the work with this client. Left out: all of it."))


class ClientHandOverSchema(Stripped):
    """A client whose open work goes from one member of staff to another. What is left out: all that you may move."""

    client_id = Id(required=True)
    to_staff_id = Id(required=True, metadata=about("Id of the member of staff who takes over."))
    appointments = fields.List(
        Id(),
        validate=validate.Length(max=MOVED_MAX),
        metadata=about("Ids of the coming appointments to move; an empty list: none. Default: all of them."),
    )
    drafts = fields.List(
        Id(),
        validate=validate.Length(max=MOVED_MAX),
        metadata=about("Ids of the unsigned notes to give to them; an empty list: none. Default: all of them."),
    )
    cases = flag(
        "Whether they join the open cases, and so review the plans. A draft goes only to somebody on its case.",
        load_default=True,
    )

    @post_load
    def _hand_over(self, data: dict[str, Any], **_: Any) -> HandOver:
        for name in data.keys() & {"appointments", "drafts"}:
            data[name] = tuple(data[name])
        return HandOver(**data)


class OpenAppointmentSchema(Schema):
    """A coming appointment."""

    id = fields.UUID(metadata=about("Id of the appointment."))
    starts_at = Instant(metadata=about("When it starts."))
    ends_at = Instant(metadata=about("When it ends."))
    time_zone = fields.String(metadata=about("Time zone that it was booked in, in IANA's naming."))
    status = status_of("What became of it; one that takes up time.")
    client_count = fields.Integer(metadata=about("How many clients it is for: a group has several."))


class OpenDraftSchema(Schema):
    """A note that is not signed."""

    id = fields.UUID(metadata=about("Id of the note."))
    appointment_id = fields.UUID()
    case_id = fields.UUID()
    client_id = fields.UUID()
    author_id = fields.UUID(metadata=about("Id of the member of staff who writes it."))
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


class NotMovedSchema(Schema):
    """An appointment or a draft that stayed where it is."""

    kind = choice(
        ("appointment", "draft"), "What it is.", {"appointment": "a coming appointment", "draft": "an unsigned note"}
    )
    id = fields.UUID(metadata=about("Id of the appointment or the note."))
    code = fields.String(metadata=about("Code of the refusal, as the request for this one alone would be answered."))
    detail = fields.String(metadata=about("The refusal as a sentence."))


class HandedOverSchema(Schema):
    """What has moved, what has not and why, and what is left."""

    appointments = fields.List(fields.UUID(), metadata=about("Ids of the appointments that moved."))
    drafts = fields.List(fields.UUID(), metadata=about("Ids of the notes that moved."))
    cases = fields.List(fields.UUID(), metadata=about("Ids of the cases that were joined."))
    refused = fields.List(fields.Nested(NotMovedSchema), metadata=about("What stayed, drafts first."))
    left = fields.Nested(OpenWorkSchema, metadata=about("What is open with the client from now on."))
