"""What requests for cancellation policies and their answers look like."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from services.identity.cancellation_policies.commands import PolicyDetails
from shared.web.fields import Day, Stripped, text
from shared.web.paging import page_of

FEE_MAX = 1_000_000


class NewCancellationPolicy(Stripped):
    """The next version."""

    effective_from = Day(required=True, metadata={"description": "From this date of service on."})
    notice_hours = fields.Integer(
        strict=True,
        required=True,
        validate=validate.Range(0, 336),
        metadata={"description": "Cancelled later than so many hours before the start is late."},
    )
    late_cancel_fee_cents = fields.Integer(strict=True, required=True, validate=validate.Range(0, FEE_MAX))
    no_show_fee_cents = fields.Integer(strict=True, required=True, validate=validate.Range(0, FEE_MAX))
    text = text(20_000, "What clients agree to.", lines=True, required=True)

    @post_load
    def _details(self, data: dict[str, Any], **_: Any) -> PolicyDetails:
        return PolicyDetails(**data)


class CancellationPolicySchema(Schema):
    """One version of the policy."""

    id = fields.UUID()
    version = fields.Integer()
    effective_from = fields.Date()
    notice_hours = fields.Integer()
    late_cancel_fee_cents = fields.Integer()
    no_show_fee_cents = fields.Integer()
    text = fields.String()
    created_by = fields.UUID()
    created_at = fields.AwareDateTime()


CancellationPoliciesPage = page_of(CancellationPolicySchema)
