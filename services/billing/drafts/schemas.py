"""What a change to a draft looks like."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from services.billing.drafts.commands import DraftChanges, LineChange
from services.billing.invoices.rules import PAYMENT_TERM_DAYS
from shared.web.fields import Day, about, text
from shared.web.strict_fields import Id

LINES_MAX = 50


class LinePatch(Schema):
    """Another service for a line. It is priced anew, as of its date of service."""

    id = Id(required=True, metadata=about("Id of the line."))
    service_type_id = Id(required=True, metadata=about("Id of the service that was given."))

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> LineChange:
        """As the command takes it."""
        return LineChange(line_id=data["id"], service_type_id=data["service_type_id"])


class InvoicePatch(Schema):
    """Changes to a draft. What is left out stays."""

    due_on = Day(
        allow_none=True,
        metadata=about(
            "Last day on which the client pays in time, in the practice's time zone."
            f" null: {PAYMENT_TERM_DAYS} days after it is issued."
        ),
    )
    memo = text(1_000, "A text that the invoice prints for the client; null: none.", lines=True, allow_none=True)
    lines = fields.List(
        fields.Nested(LinePatch),
        validate=validate.Length(1, LINES_MAX),
        metadata=about("The lines whose service changes."),
    )

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> DraftChanges:
        """As the command takes it."""
        if "lines" in data:
            data["lines"] = tuple(data["lines"])
        return DraftChanges(**data)
