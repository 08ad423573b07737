"""Reading an invoice. Lists are in `invoice_lists`; what changes one is in `drafts`, `issuing` and others."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.billing.invoices import queries
from services.billing.invoices.schemas import InvoiceSchema
from shared.actor import Caller
from shared.database.session import Session
from shared.web.routes import Route


def get_invoice(session: Session, actor: Caller, invoice_id: UUID) -> dict[str, Any]:
    """Show an invoice

    Shows the lines, what is due, and amendments that wait.
    """
    return queries.as_response(session, actor, queries.one_invoice(session, actor, invoice_id))


_ONE = "/api/v1/invoices/{invoice_id}"
ROUTES = (Route("GET", _ONE, "invoices:read", get_invoice, response=InvoiceSchema, audit="invoice.read"),)
