"""What requests about work items and their answers look like."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import Schema, fields, post_load

from shared.web.fields import Day, Instant, Stripped, about, choice, flag, text
from shared.web.paging import PageQuery, page_of
from shared.web.strict_fields import Id
from shared.work_items.commands import ItemChanges
from shared.work_items.kinds import Host
from shared.work_items.rules import CHANGES, NOTICE, STATES

COMMENT_MAX: Final = 1_000
ASSIGNEES: Final = {
    "me": "what you have, your notices included",
    "team": "what is for your levels, also where a colleague has it",
    "none": "what nobody has yet",
}
DUE: Final = "The day by which it is to be done; null for a notice, and where none was set."


class SubjectSchema(Schema):
    """What a work item is about."""

    type = fields.String(metadata=about("What kind of thing it is, such as `appointment` or `note`."))
    id = fields.UUID(metadata=about("Id of that thing."))


class WorkItemSchema(Schema):
    """Something that somebody still has to look at, or a notice for one person."""

    id = fields.UUID(metadata=about("Id of the work item."))
    kind = fields.String(metadata=about("What is to be done, such as `orphan_draft`; `notice`: it is to be read."))
    matter = fields.String(metadata=about("What a notice says, such as `assignments_refused`; else the kind."))
    subject = fields.Nested(SubjectSchema, metadata=about("What it is about."))
    client_id = fields.UUID(
        allow_none=True, metadata=about("Id of the client; null where it is about none or several.")
    )
    assignee_id = fields.UUID(
        allow_none=True, metadata=about("Id of the member of staff who has it; null while nobody does.")
    )
    level = fields.String(allow_none=True, metadata=about("The level that it is for; null for a notice."))
    due_on = fields.Date(allow_none=True, metadata=about(DUE))
    state = choice(STATES, "Whether it is done.", STATES)
    comment = fields.String(allow_none=True, metadata=about("What somebody wrote about it; null while nobody has."))
    by_hand = flag("Whether somebody may mark it as done. Else it closes by itself when its matter is settled.")
    raised_at = Instant(metadata=about("When it came up."))
    done_at = Instant(allow_none=True, metadata=about("When it was done; null while it is open."))
    done_by = fields.UUID(
        allow_none=True,
        metadata=about("Id of the member of staff who marked it as done; null while it is open, and where it settled."),
    )
    version = fields.Integer()


class WorkItemChangeSchema(Schema):
    """What happened to a work item."""

    at = Instant(metadata=about("When."))
    by_staff_id = fields.UUID(allow_none=True, metadata=about("Id of the member of staff; null: it came by itself."))
    change = choice(CHANGES, "What happened.", CHANGES)
    assignee_id = fields.UUID(allow_none=True, metadata=about("Who got it; null in other lines."))
    due_on = fields.Date(allow_none=True, metadata=about("The new day; null in other lines, and where it was removed."))
    comment = fields.String(
        allow_none=True, metadata=about("The new comment; null in other lines, and where it was removed.")
    )


class WorkItemWithHistorySchema(WorkItemSchema):
    """A work item, and what happened to it."""

    history = fields.List(fields.Nested(WorkItemChangeSchema), metadata=about("The latest first, at most 200."))


class WorkItemPatch(Stripped):
    """What to change of a work item. What is left out stays."""

    assignee_id = Id(allow_none=True, metadata=about("Who is to have it; null: nobody. They must be able to see it."))
    due_on = Day(allow_none=True, metadata=about("The day by which it is to be done; null: no day."))
    comment = text(
        COMMENT_MAX,
        "What others are to know of it; null removes it. Its history keeps it.",
        lines=True,
        allow_none=True,
    )
    state = choice(STATES, "`done` closes it, `open` opens it again.")

    @post_load
    def _changes(self, data: dict[str, Any], **_: Any) -> ItemChanges:
        return ItemChanges(**data)


class WorkItemCountSchema(Schema):
    """How much waits for you."""

    mine = fields.Integer(metadata=about("Open items that you have, your notices included; 100: or more."))


WorkItemPage = page_of(
    WorkItemSchema, "Open ones by the day on which they are due or came up; done ones, the latest first."
)


def query_of(host: Host) -> type[Schema]:
    """The query of a service's list: its kinds are its own."""
    meanings = {kind.name: kind.meaning for kind in host.kinds if kind.level}
    if any(kind.level is None for kind in host.kinds):
        meanings[NOTICE] = "something to read"
    query = PageQuery.from_dict(
        {
            "state": choice(STATES, "Which ones.", STATES, load_default="open"),
            "assignee": choice(ASSIGNEES, "Whose. Without it all that you may see.", ASSIGNEES, load_default=None),
            "kind": choice(meanings, "One kind alone.", meanings, load_default=None),
            "client_id": Id(load_default=None, metadata=about("Id of a client: what is about them alone.")),
            "due_by": Day(load_default=None, metadata=about("What is due on that day or before.")),
        },
        name=f"{host.service.title()}WorkItemsQuery",
    )
    query.__doc__ = "Which work items."
    return query
