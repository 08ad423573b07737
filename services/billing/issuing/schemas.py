"""What issuing asks."""

from __future__ import annotations

from marshmallow import Schema, fields

from services.billing.charges.schemas import OverrideSchema


class IssueInvoice(Schema):
    """Issue a draft; a held one only with a reason."""

    override = fields.Nested(
        OverrideSchema, load_default=None, allow_none=True, metadata={"description": "Issue although held."}
    )
