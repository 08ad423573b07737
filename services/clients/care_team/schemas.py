"""What answers about a client's staff look like."""

from __future__ import annotations

from marshmallow import Schema, fields

from shared.web.fields import Instant
from shared.web.paging import page_of


class AssignmentSchema(Schema):
    """An assignment."""

    client_id = fields.UUID()
    staff_id = fields.UUID()
    assigned = fields.Boolean(attribute="active")
    since = Instant(metadata={"description": "When it became so."})


class AssignedStaffSchema(Schema):
    """A member of staff assigned to a client."""

    staff_id = fields.UUID()
    display_name = fields.String(allow_none=True)
    active = fields.Boolean(allow_none=True)
    since = Instant()


AssignedStaffPage = page_of(AssignedStaffSchema)
