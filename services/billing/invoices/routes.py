"""Reading invoices. What changes them is in `drafts`, `issuing`, `payments` and `corrections`."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.billing.invoices import queries
from services.billing.invoices.schemas import InvoiceCountsSchema, InvoiceSchema, InvoicesPage, InvoicesQuery
from shared.actor import Caller
from shared.database.session import Session
from shared.web.routes import Route


def get_invoices(session: Session, actor: Caller, query: dict[str, Any]) -> dict[str, Any]:
    """List invoices

    Oldest first unless `sort` says otherwise. Everything that is given narrows the list. Somebody narrowed to assigned
    clients sees theirs alone.
    """
    return queries.list_invoices(session, actor, query)


def get_invoice_counts(session: Session, actor: Caller) -> dict[str, int]:
    """Count invoices by what they wait for

    Each is counted up to a thousand. Somebody narrowed to assigned clients has theirs alone counted.
    """
    return queries.count_invoices(session, actor)


def get_invoice(session: Session, actor: Caller, invoice_id: UUID) -> dict[str, Any]:
    """Show an invoice

    Shows the lines, what is due, and amendments that wait.
    """
    return queries.as_response(session, actor, queries.one_invoice(session, actor, invoice_id))


_ONE = "/api/v1/invoices/{invoice_id}"
ROUTES = (
    Route(
        "GET",
        "/api/v1/invoices",
        "invoices:read",
        get_invoices,
        query=InvoicesQuery,
        response=InvoicesPage,
        audit="invoices.read",
        example={"status": "draft"},
    ),
    Route(
        "GET",
        "/api/v1/invoices/counts",
        "invoices:read",
        get_invoice_counts,
        response=InvoiceCountsSchema,
        audit="invoices.count",
    ),
    Route("GET", _ONE, "invoices:read", get_invoice, response=InvoiceSchema, audit="invoice.read"),
)
