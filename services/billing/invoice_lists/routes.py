"""The endpoints that list invoices and count them."""

from __future__ import annotations

from typing import Any

from services.billing.invoice_lists import queries
from services.billing.invoice_lists.schemas import (
    BilledAppointmentsSchema,
    InvoiceCountsSchema,
    InvoiceLookup,
    InvoicesPage,
    InvoicesQuery,
)
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


def post_invoice_lookup(session: Session, actor: Caller, body: dict[str, Any]) -> dict[str, Any]:
    """Look invoices up by their appointments

    Up to 100 appointments at once. Invoices of clients whom the person may not see are left out, like those that do
    not exist. A POST, because the ids are many; it changes nothing.
    """
    return queries.look_up(session, actor, body["appointment_ids"])


ROUTES = (
    Route(
        "POST",
        "/api/v1/invoices/lookup",
        "invoices:read",
        post_invoice_lookup,
        body=InvoiceLookup,
        response=BilledAppointmentsSchema,
        audit="invoices.lookup",
        reads=True,
        example={"appointment_ids": ["{appointment_id}"]},
    ),
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
)
