"""The endpoints that undo a payment."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.billing.payment_corrections import commands
from services.billing.payment_corrections.rules import Undo
from services.billing.payment_corrections.schemas import BouncePayment, VoidPayment
from services.billing.payments import queries
from services.billing.payments.schemas import PaymentSchema
from shared.actor import Person
from shared.database.session import Session
from shared.web.routes import Route


def post_payment_void(session: Session, actor: Person, payment_id: UUID, body: Undo) -> dict[str, Any]:
    """Void a payment that was entered in error

    Takes its money off the invoices, which are due again, and out of the client's credit. The payment stays, with
    who voided it, when and why. One of which a part was refunded stays as it is.
    """
    return queries.as_response(session, actor, commands.undo_payment(session, actor, payment_id, body))


def post_payment_bounce(session: Session, actor: Person, payment_id: UUID, body: Undo) -> dict[str, Any]:
    """Record that a payment bounced

    The bank took the money back: what it paid is due again. The payment stays, with who recorded it, when and why.
    Cash does not bounce, and a payment of which a part was refunded stays as it is.
    """
    return queries.as_response(session, actor, commands.undo_payment(session, actor, payment_id, body))


ROUTES = (
    Route(
        "POST",
        "/api/v1/payments/{payment_id}/void",
        "payments:void",
        post_payment_void,
        body=VoidPayment,
        response=PaymentSchema,
        example={"reason": "Entered for the wrong client."},
    ),
    Route(
        "POST",
        "/api/v1/payments/{payment_id}/bounce",
        "payments:void",
        post_payment_bounce,
        body=BouncePayment,
        response=PaymentSchema,
        example={"reason": "Not sufficient funds."},
    ),
)
