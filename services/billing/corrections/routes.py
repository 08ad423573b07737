"""The endpoints that correct an issued invoice."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.billing.corrections import commands
from services.billing.corrections.rules import Acceptance, Void
from services.billing.corrections.schemas import AcceptAmendment, VoidedInvoiceSchema, VoidInvoice
from services.billing.invoices import queries
from services.billing.invoices.schemas import InvoiceSchema
from shared.actor import Caller, Person
from shared.database.session import Session
from shared.web.routes import Route


def post_invoice_void(session: Session, actor: Person, invoice_id: UUID, body: Void) -> dict[str, Any]:
    """Void an invoice, or discard a draft

    Keeps the number, reverses the charge and turns what was paid into credit. The session is drafted anew, unless
    `redraft` is false: then it is an unbilled session.
    """
    void, drafted = commands.void_invoice(session, actor, invoice_id, body)
    return {**queries.as_response(session, actor, void), "redraft_invoice_id": drafted.id if drafted else None}


def post_amendment_accept(
    session: Session, actor: Caller, invoice_id: UUID, amendment_id: UUID, body: Acceptance
) -> dict[str, Any]:
    """Accept an amendment of an issued line

    Reverses the line and charges what replaces it. Money that is left over becomes credit.
    """
    changed = commands.accept_amendment(session, actor, invoice_id, amendment_id, body)
    return queries.as_response(session, actor, changed)


ROUTES = (
    Route(
        "POST",
        "/api/v1/invoices/{invoice_id}/void",
        "invoices:void",
        post_invoice_void,
        body=VoidInvoice,
        response=VoidedInvoiceSchema,
        changes=queries.one_invoice,
        example={"reason": "Billed to the wrong client."},
    ),
    Route(
        "POST",
        "/api/v1/invoices/{invoice_id}/amendments/{amendment_id}/accept",
        "invoices:update",
        post_amendment_accept,
        body=AcceptAmendment,
        response=InvoiceSchema,
        changes=queries.one_invoice,
        example={},
    ),
)
