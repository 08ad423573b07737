"""The endpoints of invoices; void and amendments are in `corrections`, apply-credit in `payments`."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.billing.invoices import commands, queries
from services.billing.invoices.schemas import (
    InvoicePatch,
    InvoiceSchema,
    InvoicesPage,
    InvoicesQuery,
    IssueInvoice,
)
from shared.actor import Actor
from shared.database.session import Session
from shared.web.routes import Route


def get_invoices(session: Session, actor: Actor, query: dict[str, Any]) -> dict[str, Any]:
    """List invoices"""
    return queries.list_invoices(session, actor, query)


def get_invoice(session: Session, actor: Actor, invoice_id: UUID) -> dict[str, Any]:
    """Show an invoice"""
    return queries.as_answer(session, actor, queries.invoice(session, actor, invoice_id))


def patch_invoice(
    session: Session, actor: Actor, invoice_id: UUID, body: dict[str, Any], if_match: int | None
) -> dict[str, Any]:
    """Change a draft"""
    return queries.as_answer(session, actor, commands.update_draft(session, actor, invoice_id, body, if_match))


def post_invoice_issue(
    session: Session, actor: Actor, invoice_id: UUID, body: dict[str, Any], if_match: int | None
) -> dict[str, Any]:
    """Issue a draft"""
    reason = body["override"]["reason"] if body["override"] else None
    issued = commands.issue_invoice(session, actor, invoice_id, override_reason=reason, if_match=if_match)
    return queries.as_answer(session, actor, issued)


_ONE = "/api/v1/invoices/{invoice_id}"
ROUTES = (
    Route(
        "GET",
        "/api/v1/invoices",
        "invoices:read",
        get_invoices,
        query=InvoicesQuery,
        answer=InvoicesPage,
        audit="invoices.read",
    ),
    Route("GET", _ONE, "invoices:read", get_invoice, answer=InvoiceSchema, audit="invoice.read"),
    Route(
        "PATCH",
        _ONE,
        "invoices:update",
        patch_invoice,
        body=InvoicePatch,
        answer=InvoiceSchema,
        if_match=True,
    ),
    Route(
        "POST",
        f"{_ONE}/issue",
        "invoices:issue",
        post_invoice_issue,
        body=IssueInvoice,
        answer=InvoiceSchema,
        if_match=True,
    ),
)
