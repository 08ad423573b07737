"""What an answer about open work looks like."""

from __future__ import annotations

from functools import cache

from marshmallow import Schema, fields

from services.clinical.open_work.queries import LISTED_MAX
from shared.web.fields import Instant


class OpenAppointmentSchema(Schema):
    """A coming appointment."""

    id = fields.UUID()
    starts_at = Instant()
    ends_at = Instant()
    time_zone = fields.String()
    status = fields.String()


class OpenDraftSchema(Schema):
    """A note that is not signed."""

    id = fields.UUID()
    appointment_id = fields.UUID()
    case_id = fields.UUID()
    client_id = fields.UUID()
    created_at = Instant()


class SupervisedSchema(Schema):
    """Somebody whom they supervise."""

    id = fields.UUID()
    display_name = fields.String()


@cache
def _listed(item: type[Schema]) -> type[Schema]:
    """How many there are, and the first of them."""
    return Schema.from_dict(
        {"count": fields.Integer(), "items": fields.List(fields.Nested(item))},
        name=item.__name__.removesuffix("Schema") + "Some",
    )


def _some(item: type[Schema]) -> fields.Nested:
    return fields.Nested(_listed(item), metadata={"description": f"At most the first {LISTED_MAX} are listed."})


class OpenWorkSchema(Schema):
    """Somebody's open work."""

    staff_id = fields.UUID()
    clients = fields.Integer(metadata={"description": "Assigned to them."})
    cases = fields.Integer(metadata={"description": "Open ones that they are on."})
    appointments = _some(OpenAppointmentSchema)
    drafts = _some(OpenDraftSchema)
    to_review = _some(OpenDraftSchema)
    supervised = _some(SupervisedSchema)
