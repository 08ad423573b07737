"""New drafts: their rows, and how they are inserted where somebody waits to hear whether one was there already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from services.billing.billed_services.commands import bill_first
from services.billing.charges.commands import priced_columns
from services.billing.charges.models import DocumentedService
from services.billing.charges.queries import PriceList
from services.billing.drafts.queries import Key
from services.billing.invoices.models import DraftLine, Invoice
from shared import clock
from shared.actor import Actor
from shared.database.many_rows import insert_rows
from shared.database.session import Session
from shared.ids import new_id

# The condition is written out: as a parameter, a generic plan could not tell that the index fits.
_UNLESS_DRAFTED: Final = "(organization_id, appointment_id, client_id) WHERE status = 'draft' DO NOTHING"


def create_draft(session: Session, actor: Actor, documented: DocumentedService) -> Invoice | None:
    """A new draft with its one line; None when there is a draft for this appointment and client already.

    `documented` stood on an earlier line. What that billed counts as documented where nothing else is known.
    Raises `AlreadyBilled` when an issued line bills the service, `NotFound` for a service that billing does not know.
    """
    known = replace(documented, documented_service_type_id=documented.noted_service_type_id)
    for invoice_id in create_drafts(session, actor, [known]).values():
        return session.get_one(Invoice, (actor.organization_id, invoice_id))
    return None


def create_drafts(session: Session, actor: Actor, documented: Iterable[DocumentedService]) -> dict[Key, UUID]:
    """New drafts with a line each, in three statements; returns the ids of those for whose key there was none."""
    invoices, lines = draft_rows(actor, PriceList(session, actor), documented)
    rows = insert_rows(session, Invoice.__tablename__, invoices, on_conflict=_UNLESS_DRAFTED, returning="id")
    inserted = {row.id for row in rows}
    lines = [line for line in lines if line["invoice_id"] in inserted]
    bill_first(session, lines)
    insert_rows(session, DraftLine.__tablename__, lines)
    return invoices_of(lines)


def invoices_of(lines: Iterable[Mapping[str, Any]]) -> dict[Key, UUID]:
    """The draft of each appointment and client that these lines bill."""
    return {(line["appointment_id"], line["client_id"]): line["invoice_id"] for line in lines}


def draft_rows(
    actor: Actor, prices: PriceList, documented: Iterable[DocumentedService]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Drafts, and the one line of each. Raises `NotFound` for a service that billing does not know."""
    # In one order for everybody: of two transactions that draft the same, one waits for the other.
    ordered = sorted(documented, key=lambda each: (each.appointment_id, each.client_id))
    lines = [
        {
            "organization_id": actor.organization_id,
            "id": new_id(),
            "invoice_id": new_id(),
            **priced_columns(prices, each),
        }
        for each in ordered
    ]
    now = clock.now()
    invoices = [
        {
            "organization_id": actor.organization_id,
            "id": line["invoice_id"],
            "client_id": line["client_id"],
            "appointment_id": line["appointment_id"],
            "status": "draft",
            "total_cents": line["charge_cents"],
            "client_due_cents": 0,
            "insurance_due_cents": 0,
            "version": 1,
            "created_at": now,
        }
        for line in lines
    ]
    return invoices, lines
