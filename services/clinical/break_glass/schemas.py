"""What requests for emergency access and their answers look like."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from services.clinical.break_glass import rules
from services.clinical.break_glass.commands import Judgement
from shared.web.fields import Instant, Stripped, Text, about, choice
from shared.web.paging import PageQuery, page_of

REASON_MIN, TEXT_MAX = 10, 1_000


def reason(description: str) -> Text:
    """A sentence, not a letter."""
    error = f"Say why, in {REASON_MIN} to {TEXT_MAX} characters."
    length = validate.Length(REASON_MIN, TEXT_MAX, error=error)
    return Text(lines=True, required=True, validate=length, metadata=about(description))


def judged(description: str, **options: Any) -> fields.String:
    """What a reviewer found."""
    meanings = {"justified": "the record had to be opened", "not_justified": "it should not have been opened"}
    return choice(rules.OUTCOMES, description, meanings, **options)


class NewOpening(Stripped):
    """Why a record must be opened in an emergency."""

    reason = reason("Why the record must be opened now. Reviewers read it.")


class Review(Stripped):
    """A reviewer's judgement of an emergency access that is over."""

    outcome = judged("Whether opening the record was right.", required=True)
    comment = reason("What the reviewer found.")

    @post_load
    def _judgement(self, data: dict[str, Any], **_: Any) -> Judgement:
        return Judgement(**data)


class OpeningsQuery(PageQuery):
    """Which emergency accesses."""

    state = choice(
        rules.STATES,
        "Which ones.",
        {"all": "every one", "open": "those that open a record now", "to_review": "those that nobody has reviewed"},
        load_default="all",
    )


class OpeningSchema(Schema):
    """One emergency access of one member of staff to one client's record."""

    id = fields.UUID()
    client_id = fields.UUID()
    staff_id = fields.UUID(metadata=about("Id of the member of staff who opened the record."))
    reason = fields.String(metadata=about("Why they opened it, in their words."))
    opened_at = Instant(metadata=about("When the record was opened."))
    ends_at = Instant(metadata=about("When the access ends or has ended."))
    is_open = fields.Boolean(metadata=about("Whether it opens the record now."))
    reviewed_at = Instant(allow_none=True, metadata=about("When it was reviewed; null while it is to be reviewed."))
    reviewed_by = fields.UUID(
        allow_none=True, metadata=about("Id of the member of staff who reviewed it; null while it is to be reviewed.")
    )
    outcome = judged("What the reviewer found; null while it is to be reviewed.", allow_none=True)
    reviewable = fields.Boolean(
        metadata=about("Whether you may review it now: it is over, nobody has reviewed it, and it is not your own.")
    )
    comment = fields.String(
        allow_none=True, metadata=about("What the reviewer wrote; null while it is to be reviewed.")
    )


OpeningsPage = page_of(OpeningSchema, "Latest first.")
