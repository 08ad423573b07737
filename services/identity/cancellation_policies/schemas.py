"""What requests for cancellation policies and their answers look like."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from services.identity.cancellation_policies.commands import PolicyDetails
from shared.web.fields import Day, Instant, Stripped, about, text
from shared.web.paging import page_of

FEE_MAX = 1_000_000


class NewCancellationPolicy(Stripped):
    """The next version of the cancellation policy."""

    effective_from = Day(
        required=True,
        metadata=about("First date of service that it applies to. Not before the day of the version before it."),
    )
    notice_hours = fields.Integer(
        strict=True,
        required=True,
        validate=validate.Range(0, 336),
        metadata=about("Hours before the start of an appointment until which cancelling is free; later is late."),
    )
    late_cancel_fee_cents = fields.Integer(
        strict=True,
        required=True,
        validate=validate.Range(0, FEE_MAX),
        metadata=about("What the policy asks of a client who cancels late."),
    )
    no_show_fee_cents = fields.Integer(
        strict=True,
        required=True,
        validate=validate.Range(0, FEE_MAX),
        metadata=about("What the policy asks of a client who does not come."),
    )
    text = text(20_000, "The policy in the words that clients agree to.", lines=True, required=True)

    @post_load
    def _details(self, data: dict[str, Any], **_: Any) -> PolicyDetails:
        return PolicyDetails(**data)


class CancellationPolicySchema(Schema):
    """One version of the cancellation policy."""

    id = fields.UUID()
    version = fields.Integer(metadata=about("Number of the version: 1, 2, 3 … in the order in which they were added."))
    effective_from = fields.Date(metadata=about("First date of service that it applies to."))
    notice_hours = fields.Integer(
        metadata=about("Hours before the start of an appointment until which cancelling is free; later is late.")
    )
    late_cancel_fee_cents = fields.Integer(metadata=about("What the policy asks of a client who cancels late."))
    no_show_fee_cents = fields.Integer(metadata=about("What the policy asks of a client who does not come."))
    text = fields.String(metadata=about("The policy in the words that clients agree to."))
    created_by = fields.UUID()
    created_at = Instant()


CancellationPoliciesPage = page_of(CancellationPolicySchema)
