"""The endpoint that changes a draft."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.billing.drafts import commands
from services.billing.drafts.commands import DraftChanges
from services.billing.drafts.schemas import InvoicePatch
from services.billing.invoices import queries
from services.billing.invoices.schemas import InvoiceSchema
from shared.actor import Caller
from shared.database.session import Session
from shared.web.routes import Route


def patch_invoice(session: Session, actor: Caller, invoice_id: UUID, body: DraftChanges) -> dict[str, Any]:
    """Change a draft

    Changes the memo, the due day, or the service of a line. An issued invoice is not changed: void it, or
    accept an amendment.
    """
    return queries.as_response(session, actor, commands.update_draft(session, actor, invoice_id, body))


ROUTES = (
    Route(
        "PATCH",
        "/api/v1/invoices/{invoice_id}",
        "invoices:update",
        patch_invoice,
        body=InvoicePatch,
        response=InvoiceSchema,
        changes=queries.one_invoice,
        example={"memo": "Paid by the employer."},
    ),
)
