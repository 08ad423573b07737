"""What the worklist asks and answers."""

from __future__ import annotations

from marshmallow import Schema, fields

from services.clinical.worklist import rules
from shared.web.fields import Instant, choice
from shared.web.paging import PageQuery, page_of


class WorklistQuery(PageQuery):
    """Which kind of work, in pages."""

    kind = choice(rules.KINDS, "One kind alone.", load_default=None, allow_none=True)


class WorkSchema(Schema):
    """Something that waits for you."""

    kind = fields.String(metadata={"description": ", ".join(rules.KINDS) + "."})
    note_id = fields.UUID(allow_none=True)
    appointment_id = fields.UUID(allow_none=True)
    case_id = fields.UUID(allow_none=True)
    client_id = fields.UUID()
    since = Instant(metadata={"description": "Since when it waits; of a plan, when it was signed."})
    due_on = fields.Date(allow_none=True, metadata={"description": "The day of a plan's review."})


_Counts = Schema.from_dict({kind: fields.Integer() for kind in rules.KINDS}, name="WorklistCounts")


class WorklistPage(page_of(WorkSchema)):  # type: ignore[misc]
    """A page of the worklist."""

    counts = fields.Nested(
        _Counts, metadata={"description": f"Of every kind, whatever was asked for; {rules.COUNTED_MAX}: or more."}
    )
