"""What payment requests and answers look like."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from services.billing.payments import rules
from shared.money import CENTS_MAX
from shared.web.fields import one_line, several_lines
from shared.web.paging import PageQuery, page_of

ALLOCATIONS_MAX = 100


def _cents(description: str, **options: Any) -> fields.Integer:
    return fields.Integer(
        strict=True, validate=validate.Range(1, CENTS_MAX), metadata={"description": description}, **options
    )


class AllocationSchema(Schema):
    """Part of a payment on an invoice."""

    invoice_id = fields.UUID(required=True, metadata={"description": "An issued invoice of this client."})
    amount_cents = _cents("No more than is due on it.", required=True)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> rules.Share:
        """As the command takes it."""
        return rules.Share(**data)


class NewPayment(Schema):
    """Money received from a client."""

    client_id = fields.UUID(required=True, metadata={"description": "Who paid."})
    amount_cents = _cents("What was paid.", required=True)
    method = fields.String(
        required=True, validate=validate.OneOf(rules.METHODS), metadata={"description": "How it was paid."}
    )
    received_on = fields.Date(required=True, metadata={"description": "When it was paid."})
    reference = fields.String(
        load_default=None,
        allow_none=True,
        validate=[validate.Length(1, 100), one_line],
        metadata={"description": "Number of the check or of the card slip."},
    )
    allocations = fields.List(
        fields.Nested(AllocationSchema),
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=ALLOCATIONS_MAX),
        metadata={"description": "Without: oldest invoice first. Empty: all of it is credit."},
    )

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> rules.PaymentFacts:
        """As the command takes it."""
        shares = data.pop("allocations")
        return rules.PaymentFacts(shares=None if shares is None else tuple(shares), **data)


class NewRefund(Schema):
    """Credit to be given back."""

    amount_cents = _cents("No more than the payment's credit.", required=True)
    reason = fields.String(
        required=True,
        validate=[validate.Length(1, 500), validate.Regexp(r"\s*\S", error="Must not be blank."), several_lines],
        metadata={"description": "Why."},
    )

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> rules.RefundFacts:
        """As the command takes it."""
        return rules.RefundFacts(**data)


class ApplyCredit(Schema):
    """Credit to be put on an invoice."""

    amount_cents = _cents("Default: all there is, up to what is due.", load_default=None, allow_none=True)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> rules.CreditFacts:
        """As the command takes it."""
        return rules.CreditFacts(**data)


class RefundSchema(Schema):
    """Credit given back."""

    id = fields.UUID()
    payment_id = fields.UUID()
    amount_cents = fields.Integer()
    reason = fields.String()
    refunded_on = fields.Date()


class PaymentSchema(Schema):
    """A payment, and where its money is: amount = allocations + refunds + unapplied."""

    id = fields.UUID()
    client_id = fields.UUID()
    amount_cents = fields.Integer()
    unapplied_cents = fields.Integer(metadata={"description": "Credit left of it."})
    refunded_cents = fields.Integer()
    method = fields.String()
    received_on = fields.Date()
    reference = fields.String(allow_none=True)
    allocations = fields.List(fields.Nested(AllocationSchema))
    refunds = fields.List(fields.Nested(RefundSchema))
    created_at = fields.AwareDateTime()


class PaymentsQuery(PageQuery):
    """Which payments."""

    client_id = fields.UUID(load_default=None, metadata={"description": "Of this client."})


PaymentsPage = page_of(PaymentSchema)
