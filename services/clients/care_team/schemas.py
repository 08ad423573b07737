"""What answers about a client's staff look like."""

from __future__ import annotations

from marshmallow import Schema, fields

from services.clients.care_team.queries import NAMED_MAX
from shared.web.fields import Instant, Stripped, about, choice, flag
from shared.web.paging import page_of


class UnassignSchema(Stripped):
    """How somebody is taken off a client."""

    acknowledged = flag(
        "true: take them off although they have open work with the client, which stays theirs.", load_default=False
    )


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


class NamedStaffSchema(Schema):
    """A member of staff by name."""

    staff_id = fields.UUID(metadata=about("Id of the member of staff."))
    display_name = fields.String(
        allow_none=True, metadata=about("The name as colleagues see it; null for some moments after they were added.")
    )


class TeamSchema(Schema):
    """Who is assigned to a client."""

    client_id = fields.UUID(metadata=about("Id of the client."))
    staff = fields.List(
        fields.Nested(NamedStaffSchema),
        metadata=about(f"Who is assigned, in the order in which they came: the first {NAMED_MAX}."),
    )
    staff_count = fields.Integer(metadata=about("How many members of staff are assigned."))


class TeamsSchema(Schema):
    """Those of the clients whom the person may see."""

    items = fields.List(fields.Nested(TeamSchema), metadata=about("One entry per client, in the order of the ids."))


class AssignmentChangeSchema(Schema):
    """Somebody was assigned to a client, or taken off."""

    at = Instant(metadata=about("When it happened."))
    by = fields.UUID(
        allow_none=True,
        metadata=about("Id of the member of staff or of the program that did it; null: they joined or left a case."),
    )
    staff_id = fields.UUID(metadata=about("Id of the member of staff who was assigned or taken off."))
    change = choice(
        ("assigned", "unassigned"),
        "What happened.",
        {"assigned": "they came to the client's staff", "unassigned": "they were taken off"},
    )
    through_case_id = fields.UUID(
        allow_none=True,
        metadata=about(
            "Id of the case that they joined, by which they were assigned; null where they were assigned to the client "
            "itself, and for those who may not read cases."
        ),
    )


AssignmentHistoryPage = page_of(AssignmentChangeSchema, "Newest first.", name="AssignmentHistoryPage")
AssignedStaffPage = page_of(AssignedStaffSchema, "In the order in which they came to the staff.")
