"""What issuing asks."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load

from services.billing.charges.schemas import OverrideSchema
from services.billing.issuing.rules import Issue
from shared.web.fields import about


class IssueInvoice(Schema):
    """Issue a draft: it gets its number and is owed from now on."""

    override = fields.Nested(
        OverrideSchema, load_default=None, allow_none=True, metadata=about("Issue it although it is held.")
    )

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Issue:
        """As the command takes it."""
        return Issue(override_reason=data["override"])
