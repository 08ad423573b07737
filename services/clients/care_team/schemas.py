"""What answers about a client's staff look like."""

from __future__ import annotations

from marshmallow import Schema, fields

from shared.web.fields import Instant, about
from shared.web.paging import page_of


class AssignmentSchema(Schema):
    """Whether a member of staff is assigned to a client."""

    client_id = fields.UUID()
    staff_id = fields.UUID()
    assigned = fields.Boolean(attribute="active", metadata=about("Whether they are assigned now."))
    since = Instant(metadata=about("Since when they are assigned, or are no longer."))


class AssignedStaffSchema(Schema):
    """A member of staff assigned to a client."""

    staff_id = fields.UUID()
    display_name = fields.String(
        allow_none=True, metadata=about("The name as colleagues see it; null for some moments after they were added.")
    )
    active = fields.Boolean(
        allow_none=True, metadata=about("Whether they may sign in; null for some moments after they were added.")
    )
    since = Instant(metadata=about("Since when they are assigned."))


AssignedStaffPage = page_of(AssignedStaffSchema)
