"""What payment requests and answers look like."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import Schema, fields, post_load, validate

from services.billing.client_accounts.schemas import name_of_client
from services.billing.payments import rules
from services.billing.payments.queries import ORDERS
from services.billing.reasons.schemas import ReasonSchema
from shared.money import CENTS_MAX
from shared.web.fields import Day, Instant, PastDay, Several, about, choice, text
from shared.web.paging import PageQuery, page_of
from shared.web.strict_fields import Id

ALLOCATIONS_MAX = 100
IDS_MAX = 100
STATUSES = {
    "received": "the money is there, or was given back",
    "void": "it was entered in error",
    "bounced": "the bank took it back",
}


def _cents(description: str, **options: Any) -> fields.Integer:
    return fields.Integer(strict=True, validate=validate.Range(1, CENTS_MAX), metadata=about(description), **options)


def _method(**options: Any) -> fields.String:
    meanings = {"cash": "notes and coins", "check": "a check", "card": "a card", "other": "another way"}
    return choice(rules.METHODS, "How it was paid.", meanings, **options)


OTHERS: Final = "null for one of somebody whom you may not see, with whom the client was one when it was paid."


class AllocationSchema(Schema):
    """The part of a payment that lies on one invoice."""

    invoice_id = Id(required=True, metadata=about("Id of an issued invoice of this client."))
    amount_cents = _cents("How much of the payment: no more than the client owes of the invoice.", required=True)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> rules.Share:
        """As the command takes it."""
        return rules.Share(**data)


class AllocatedSchema(Schema):
    """What of a payment lies on one invoice."""

    invoice_id = Id(allow_none=True, metadata=about(f"Id of the invoice; {OTHERS}"))
    invoice_number = fields.String(allow_none=True, metadata=about(f"Number of the invoice; {OTHERS}"))
    amount_cents = fields.Integer(metadata=about("How much of the payment lies on it."))


class NewPayment(Schema):
    """Money received from a client."""

    client_id = Id(required=True, metadata=about("Id of the client who paid."))
    amount_cents = _cents("What was paid.", required=True)
    method = _method(required=True)
    received_on = PastDay(
        required=True,
        metadata=about(
            "Day on which the money was received, in the practice's time zone: from 1900, not a coming one."
        ),
    )
    reference = text(100, "Number of the check or of the card slip.", load_default=None, allow_none=True)
    allocations = fields.List(
        fields.Nested(AllocationSchema),
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=ALLOCATIONS_MAX),
        metadata=about("Which invoices it pays. null: the oldest first. Empty: none, all of it is credit."),
    )

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> rules.PaymentFacts:
        """As the command takes it."""
        shares = data.pop("allocations")
        return rules.PaymentFacts(shares=None if shares is None else tuple(shares), **data)


class NewRefund(Schema):
    """Credit of a payment to be given back."""

    amount_cents = _cents("How much, no more than the credit left of the payment.", required=True)
    reason = text(500, "Why it is given back.", lines=True, required=True)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> rules.RefundFacts:
        """As the command takes it."""
        return rules.RefundFacts(**data)


class ApplyCredit(Schema):
    """Credit of the client to be put on an invoice, oldest payment first."""

    amount_cents = _cents("How much. null: as much as there is, up to what is due.", load_default=None, allow_none=True)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> rules.CreditFacts:
        """As the command takes it."""
        return rules.CreditFacts(**data)


class RefundSchema(Schema):
    """Credit that was given back, by the way it had come."""

    id = Id()
    payment_id = Id(metadata=about("Id of the payment whose credit was given back."))
    amount_cents = fields.Integer(metadata=about("How much was given back."))
    reason = fields.String(metadata=about("Why it was given back."))
    refunded_on = fields.Date(metadata=about("Day on which it was given back, in the practice's time zone."))
    created_by = Id(allow_none=True, metadata=about("Id of the member of staff who gave it back."))
    created_at = Instant(metadata=about("When it was recorded."))


class PaymentSchema(Schema):
    """Money received from a client, and where it is: allocations, refunds and credit left are its amount.

    Of a payment that is void or bounced nothing lies anywhere.
    """

    id = Id()
    status = choice(rules.STATUSES_OF_PAYMENTS, "What became of it.", STATUSES)
    client_id = Id(metadata=about("Id of the client who paid."))
    client_name = name_of_client()
    amount_cents = fields.Integer(metadata=about("What was paid."))
    unapplied_cents = fields.Integer(
        metadata=about("Credit left of it: what lies on no invoice and was not given back.")
    )
    refunded_cents = fields.Integer(metadata=about("How much of it was given back."))
    method = _method()
    received_on = fields.Date(metadata=about("Day on which the money was received, in the practice's time zone."))
    reference = fields.String(allow_none=True, metadata=about("Number of the check or of the card slip."))
    allocations = fields.List(fields.Nested(AllocatedSchema), metadata=about("How much of it lies on which invoice."))
    refunds = fields.List(fields.Nested(RefundSchema), metadata=about("What was given back of it, oldest first."))
    undone = fields.Nested(
        ReasonSchema, allow_none=True, metadata=about("Who voided it, or recorded that it bounced; null: nobody did.")
    )
    created_by = Id(
        allow_none=True, metadata=about("Id of the member of staff, or of the API client, who recorded it.")
    )
    created_at = Instant(metadata=about("When it was recorded."))


class PaymentsQuery(PageQuery):
    """Which payments. Everything that is given must fit."""

    ids = Several(Id(), "Ids of payments. Leave it out for all of them.", IDS_MAX, load_default=None)
    client_id = Id(load_default=None, metadata=about("Only payments of this client."))
    invoice_id = Id(load_default=None, metadata=about("Only payments of which something lies on this invoice."))
    first = Day(load_default=None, data_key="from", metadata=about("Only payments received on this day or later."))
    last = Day(load_default=None, data_key="to", metadata=about("Only payments received on this day or earlier."))
    method = _method(load_default=None)
    sort = ORDERS.parameter()


PaymentsPage = page_of(PaymentSchema, "As `sort` says.")


class ByDayQuery(Schema):
    """Which days."""

    first = Day(
        load_default=None, data_key="from", metadata=about(f"The first day, at most {rules.DAYS_MAX} with the last.")
    )
    last = Day(
        load_default=None, data_key="to", metadata=about("The last day. Left out: today, in the practice's time zone.")
    )


class DayOfPaymentsSchema(Schema):
    """What was received on one day by one method. What is void or bounced does not count; refunds take nothing off."""

    on = fields.Date(metadata=about("Day on which the money was received, in the practice's time zone."))
    method = _method()
    count = fields.Integer(metadata=about("How many payments."))
    amount_cents = fields.Integer(metadata=about("What they come to."))


class PaymentsByDaySchema(Schema):
    """What was received, by day and method."""

    first = fields.Date(data_key="from", attribute="from", metadata=about("The first day that was looked at."))
    last = fields.Date(data_key="to", attribute="to", metadata=about("The last day that was looked at."))
    items = fields.List(
        fields.Nested(DayOfPaymentsSchema),
        metadata=about("Newest day first, methods by name. Days without payments are left out."),
    )
