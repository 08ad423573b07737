"""The endpoints of payments and credit."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.billing.invoices import queries as invoices
from services.billing.invoices.schemas import InvoiceSchema
from services.billing.payments import commands, queries
from services.billing.payments.models import Refund
from services.billing.payments.rules import CreditFacts, PaymentFacts, RefundFacts
from services.billing.payments.schemas import (
    ApplyCredit,
    ByDayQuery,
    NewPayment,
    NewRefund,
    PaymentsByDaySchema,
    PaymentSchema,
    PaymentsPage,
    PaymentsQuery,
    RefundSchema,
)
from shared.actor import Caller, Person
from shared.database.session import Session
from shared.web.routes import Route


def post_payment(session: Session, actor: Caller, body: PaymentFacts) -> dict[str, Any]:
    """Take in a payment

    Puts the money on the invoices named, else on the oldest first. The rest is the client's credit.
    """
    return queries.as_response(session, actor, commands.receive_payment(session, actor, body))


def get_payments(session: Session, actor: Caller, query: dict[str, Any]) -> dict[str, Any]:
    """List payments

    Oldest first, each with where its money went.
    """
    return queries.list_payments(session, actor, query)


def get_payments_by_day(session: Session, actor: Caller, query: dict[str, Any]) -> dict[str, Any]:
    """Sum payments up by day and method

    Up to 366 days; today alone where no day is given. What is void or bounced does not count. Somebody narrowed to
    assigned clients has theirs alone summed up.
    """
    return queries.by_day(session, actor, query)


def get_payment(session: Session, actor: Caller, payment_id: UUID) -> dict[str, Any]:
    """Show a payment

    Shows where its money went and what was refunded.
    """
    return queries.as_response(session, actor, queries.one_payment(session, actor, payment_id))


def post_refund(session: Session, actor: Person, payment_id: UUID, body: RefundFacts) -> Refund:
    """Refund credit of a payment

    Gives unapplied money back by the way it came.
    """
    return commands.refund_payment(session, actor, payment_id, body)


def get_refund(session: Session, actor: Caller, payment_id: UUID, refund_id: UUID) -> Refund:
    """Show a refund

    Shows how much of a payment was given back, when and why.
    """
    return queries.one_refund(session, actor, payment_id, refund_id)


def post_credit(session: Session, actor: Caller, invoice_id: UUID, body: CreditFacts) -> dict[str, Any]:
    """Apply a client's credit to an invoice

    Takes the oldest payment first. Without an amount as much as possible.
    """
    paid = commands.apply_credit(session, actor, invoice_id, body)
    return invoices.as_response(session, actor, paid)


ROUTES = (
    Route(
        "POST",
        "/api/v1/payments",
        "payments:create",
        post_payment,
        body=NewPayment,
        response=PaymentSchema,
        status=201,
        makes="/api/v1/payments/{payment_id}",
        example={"client_id": "{client_id}", "amount_cents": 5000, "method": "card", "received_on": "2026-09-30"},
    ),
    Route(
        "GET",
        "/api/v1/payments",
        "payments:read",
        get_payments,
        query=PaymentsQuery,
        response=PaymentsPage,
        audit="payments.read",
    ),
    Route(
        "GET",
        "/api/v1/payments/by-day",
        "payments:read",
        get_payments_by_day,
        query=ByDayQuery,
        response=PaymentsByDaySchema,
        audit="payments.sum",
        example={"from": "2026-09-01", "to": "2026-09-30"},
    ),
    Route(
        "GET",
        "/api/v1/payments/{payment_id}",
        "payments:read",
        get_payment,
        response=PaymentSchema,
        audit="payment.read",
    ),
    Route(
        "GET",
        "/api/v1/payments/{payment_id}/refunds/{refund_id}",
        "payments:read",
        get_refund,
        response=RefundSchema,
        audit="refund.read",
    ),
    Route(
        "POST",
        "/api/v1/payments/{payment_id}/refunds",
        "payments:refund",
        post_refund,
        body=NewRefund,
        response=RefundSchema,
        status=201,
        makes="/api/v1/payments/{payment_id}/refunds/{refund_id}",
        example={"amount_cents": 1000, "reason": "Paid twice."},
    ),
    Route(
        "POST",
        "/api/v1/invoices/{invoice_id}/apply-credit",
        "credit:apply",
        post_credit,
        body=ApplyCredit,
        response=InvoiceSchema,
        changes=invoices.one_invoice,
        example={"amount_cents": 5000},
    ),
)
