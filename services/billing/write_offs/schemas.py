"""What write-offs look like."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from services.billing.ledger.rules import WRITE_OFFS
from services.billing.reasons.schemas import ReasonSchema
from services.billing.write_offs.rules import Reversal, WriteOffFacts
from shared.money import CENTS_MAX
from shared.web.fields import Instant, about, choice, text
from shared.web.paging import PageQuery, page_of
from shared.web.strict_fields import Id

KINDS = {
    "courtesy": "the practice lets the client off it",
    "small_balance": "it costs more to ask for than it is",
    "bad_debt": "the client will not pay it",
}
STATES = {"posted": "the client does not owe it", "reversed": "the client owes it again"}


class NewWriteOff(Schema):
    """A part of what a client owes of an invoice, which the practice gives up."""

    amount_cents = fields.Integer(
        strict=True,
        validate=validate.Range(1, CENTS_MAX),
        required=True,
        metadata=about(
            "How much is written off, at most what the client owes of the invoice. Without the permission"
            " write_offs:exceed_limit all write-offs of an invoice together stay within the practice's limit."
        ),
    )
    kind = choice(WRITE_OFFS, "Which kind of write-off it is.", KINDS, required=True)
    reason = text(500, "Why it is written off. It is kept with the write-off.", lines=True, required=True)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> WriteOffFacts:
        """As the command takes it."""
        return WriteOffFacts(**data)


class ReverseWriteOff(Schema):
    """Why the client owes again what was written off."""

    reason = text(500, "Why it is reversed. It is kept with the write-off.", lines=True, required=True)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Reversal:
        """As the command takes it."""
        return Reversal(**data)


class WriteOffSchema(Schema):
    """A part of an invoice that the practice gave up."""

    id = Id()
    state = choice(STATES, "Whether it counts.", STATES)
    invoice_id = Id(metadata=about("Id of the invoice of which it is a part."))
    client_id = Id(metadata=about("Id of the client who no longer owes it."))
    amount_cents = fields.Integer(metadata=about("How much was written off."))
    kind = choice(WRITE_OFFS, "Which kind of write-off it is.", KINDS)
    reason = fields.String(metadata=about("Why it was written off."))
    written_off_on = fields.Date(metadata=about("Day on which it was written off, in the practice's time zone."))
    created_by = Id(metadata=about("Id of the member of staff who wrote it off."))
    created_at = Instant(metadata=about("When it was written off."))
    reversal = fields.Nested(
        ReasonSchema,
        allow_none=True,
        metadata=about("Who reversed it, or voided its invoice; null: it still counts."),
    )


class WriteOffsQuery(PageQuery):
    """Which write-offs."""

    invoice_id = Id(load_default=None, metadata=about("Only write-offs of this invoice."))


WriteOffsPage = page_of(WriteOffSchema, "Newest first.")
