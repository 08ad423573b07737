"""What a reason looks like."""

from __future__ import annotations

from marshmallow import Schema, fields

from shared.web.fields import Instant, about


class ReasonSchema(Schema):
    """Who did it, when and why."""

    reason = fields.String(allow_none=True, metadata=about("Why, in their words; null where none was given."))
    by_staff_id = fields.UUID(
        allow_none=True, metadata=about("Id of the member of staff who did it; null: it was not kept.")
    )
    at = Instant(allow_none=True, metadata=about("When; null: it was not kept."))
