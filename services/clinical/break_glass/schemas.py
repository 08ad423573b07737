"""What requests for emergency access and their answers look like."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from services.clinical.break_glass import rules
from services.clinical.break_glass.commands import Judgement
from shared.web.fields import Instant, Stripped, choice, several_lines
from shared.web.paging import PageQuery, page_of

REASON_MIN, TEXT_MAX = 10, 1_000


def reason(description: str) -> fields.String:
    """A sentence, not a letter."""
    error = f"Say why, in {REASON_MIN} to {TEXT_MAX} characters."
    length = validate.Length(REASON_MIN, TEXT_MAX, error=error)
    return fields.String(required=True, validate=[length, several_lines], metadata={"description": description})


class NewOpening(Stripped):
    """Why a record must be opened."""

    reason = reason("The reviewer reads it.")


class Review(Stripped):
    """A judgement."""

    outcome = choice(rules.OUTCOMES, "Whether it was right.", required=True)
    comment = reason("What was found.")

    @post_load
    def _judgement(self, data: dict[str, Any], **_: Any) -> Judgement:
        return Judgement(**data)


class OpeningsQuery(PageQuery):
    """Which openings."""

    state = choice(rules.STATES, "open: opens something now; to_review: nobody has reviewed it.", load_default="all")


class OpeningSchema(Schema):
    """One access in an emergency."""

    id = fields.UUID()
    client_id = fields.UUID()
    staff_id = fields.UUID()
    reason = fields.String()
    opened_at = Instant()
    ends_at = Instant()
    is_open = fields.Boolean()
    reviewed_at = Instant(allow_none=True)
    reviewed_by = fields.UUID(allow_none=True)
    outcome = fields.String(allow_none=True)
    comment = fields.String(allow_none=True)


OpeningsPage = page_of(OpeningSchema)
