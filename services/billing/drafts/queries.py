"""What was documented last of a session that nothing bills: its last invoice, which is void, says it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import select, tuple_

from services.billing.billed_services.models import BilledService
from services.billing.charges.models import DocumentedService
from services.billing.invoices import queries
from services.billing.invoices.models import DraftLine, Invoice, InvoiceLine
from shared.actor import Actor
from shared.database.session import Session

Key = tuple[UUID, UUID]  # an appointment and a client


def last_invoices(session: Session, actor: Actor, keys: Sequence[Key]) -> dict[Key, Invoice]:
    """The last invoice of each appointment and client, by `ix_invoices_appointment`."""
    rows = session.scalars(
        select(Invoice)
        .where(
            Invoice.organization_id == actor.organization_id,
            tuple_(Invoice.appointment_id, Invoice.client_id).in_(keys),
        )
        .order_by(Invoice.id)
    )
    return {(row.appointment_id, row.client_id): row for row in rows}


def last_line(session: Session, actor: Actor, key: Key) -> DraftLine | InvoiceLine | None:
    """The line of the last invoice of an appointment and client; None where there never was one."""
    last = last_invoices(session, actor, [key]).get(key)
    if last is None:
        return None
    if last.number is None:
        return queries.draft_lines(session, actor, last.id)[0]
    return queries.lines_in_force(session, actor, [last.id])[0]


def documented_last(
    session: Session, actor: Actor, line: DraftLine | InvoiceLine, billed: Sequence[BilledService]
) -> DocumentedService:
    """What was documented last of a session whose last line is `line`, and of which `billed` is locked.

    An amendment that went with its invoice, or that came after, says more than the line.
    """
    amendments = queries.amendments(session, actor, [line.invoice_id])
    documented = [
        line.documented,
        *(amendment.documented for amendment in amendments if amendment.state == "withdrawn"),
    ]
    return replace(documented[-1], version=max(service.documented_version for service in billed))
