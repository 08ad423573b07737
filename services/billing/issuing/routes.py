"""The endpoint that issues a draft."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.billing.invoices import queries
from services.billing.invoices.schemas import InvoiceSchema
from services.billing.issuing import commands
from services.billing.issuing.rules import Issue
from services.billing.issuing.schemas import IssueInvoice
from shared.actor import Caller
from shared.database.session import Session
from shared.web.routes import Route


def post_invoice_issue(session: Session, actor: Caller, invoice_id: UUID, body: Issue) -> dict[str, Any]:
    """Issue a draft

    Gives the draft its number, freezes its lines and posts the charge. A held invoice needs an override with a
    reason.
    """
    issued, lines = commands.issue_invoice(session, actor, invoice_id, body)
    return queries.as_response(session, actor, issued, lines)


ROUTES = (
    Route(
        "POST",
        "/api/v1/invoices/{invoice_id}/issue",
        "invoices:issue",
        post_invoice_issue,
        body=IssueInvoice,
        response=InvoiceSchema,
        changes=queries.one_invoice,
        example={},
    ),
)
