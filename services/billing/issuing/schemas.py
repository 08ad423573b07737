"""What issuing asks."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load

from services.billing.charges.schemas import OverrideSchema
from services.billing.issuing.rules import Issue


class IssueInvoice(Schema):
    """Issue a draft; a held one only with a reason."""

    override = fields.Nested(
        OverrideSchema, load_default=None, allow_none=True, metadata={"description": "Issue although held."}
    )

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Issue:
        """As the command takes it."""
        return Issue(override_reason=data["override"])
