"""The endpoints of sessions that nothing bills."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.billing.invoices import queries as invoices
from services.billing.invoices.schemas import InvoiceSchema
from services.billing.unbilled_sessions import commands, queries
from services.billing.unbilled_sessions.rules import DraftWanted
from services.billing.unbilled_sessions.schemas import DraftAgain, UnbilledQuery, UnbilledSessionsPage
from shared.actor import Caller
from shared.database.session import Session
from shared.web.routes import Route


def get_unbilled_sessions(session: Session, actor: Caller, query: dict[str, Any]) -> dict[str, Any]:
    """List sessions that nothing bills

    Documented sessions whose last invoice, or draft, was voided without another draft. Somebody narrowed to
    assigned clients sees theirs alone.
    """
    return queries.list_unbilled(session, actor, query)


def post_draft_invoice(session: Session, actor: Caller, appointment_id: UUID, body: DraftWanted) -> dict[str, Any]:
    """Draft an invoice again

    Drafts what was documented last of a client's session that nothing bills. A session that has an invoice is
    billed by that one.
    """
    drafted = commands.draft_again(session, actor, appointment_id, body)
    return invoices.as_response(session, actor, drafted)


ROUTES = (
    Route(
        "GET",
        "/api/v1/unbilled-sessions",
        "invoices:read",
        get_unbilled_sessions,
        query=UnbilledQuery,
        response=UnbilledSessionsPage,
        audit="unbilled_sessions.read",
    ),
    Route(
        "POST",
        "/api/v1/appointments/{appointment_id}/draft-invoice",
        "invoices:update",
        post_draft_invoice,
        body=DraftAgain,
        response=InvoiceSchema,
        status=201,
        makes="/api/v1/invoices/{invoice_id}",
        example={"client_id": "{client_id}"},
    ),
)
