"""What a change to a draft looks like."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from services.billing.drafts import rules
from services.billing.invoices.rules import PAYMENT_TERM_DAYS
from shared.web.fields import several_lines

LINES_MAX = 50


class LinePatch(Schema):
    """Another service for a line: it is priced anew, as of its date of service."""

    id = fields.UUID(required=True, metadata={"description": "The line."})
    service_type_id = fields.UUID(required=True, metadata={"description": "The service that was given."})

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> rules.LineChange:
        """As the command takes it."""
        return rules.LineChange(line_id=data["id"], service_type_id=data["service_type_id"])


class InvoicePatch(Schema):
    """Changes to a draft."""

    due_on = fields.Date(allow_none=True, metadata={"description": f"Default: {PAYMENT_TERM_DAYS} days from issue."})
    memo = fields.String(
        allow_none=True,
        validate=[validate.Length(1, 1_000), several_lines],
        metadata={"description": "Printed for the client."},
    )
    lines = fields.List(
        fields.Nested(LinePatch),
        validate=validate.Length(1, LINES_MAX),
        metadata={"description": "Lines of which the service changes."},
    )

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> rules.DraftChanges:
        """As the command takes it."""
        given = frozenset(data)
        return rules.DraftChanges(given, lines=tuple(data.pop("lines", ())), **data)
