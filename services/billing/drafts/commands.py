"""Drafting an invoice for what was documented, and changing it until it is issued."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.billing.billed_services.commands import bill_instead
from services.billing.billed_services.queries import lock_billed_services
from services.billing.charges.commands import reprice_line
from services.billing.drafts import rules
from services.billing.invoices import queries
from services.billing.invoices.models import Invoice
from shared import audit
from shared.actor import Actor, Caller
from shared.changes import UNSET, Changes, Unset
from shared.database.session import Session
from shared.errors import Invalid


@dataclass(frozen=True, slots=True)
class LineChange:
    """Another service for a line of a draft."""

    line_id: UUID
    service_type_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftChanges(Changes):
    """Changes to a draft."""

    memo: str | Unset | None = UNSET
    due_on: date | Unset | None = UNSET
    lines: tuple[LineChange, ...] | Unset = UNSET


def update_draft(session: Session, actor: Caller, invoice_id: UUID, changes: DraftChanges) -> Invoice:
    """Merge changes into a draft: memo, due day, the service of a line.

    Raises `NotFound`, `NotADraft`, `Invalid`, `AlreadyBilled`.
    """
    seen = queries.one_invoice(session, actor, invoice_id)
    lock_billed_services(session, actor, seen.appointment_id, seen.client_id)
    invoice = lock_draft(session, actor, invoice_id)
    if not changes.given():
        return invoice
    if changes.memo is not UNSET:
        invoice.memo = changes.memo
    if changes.due_on is not UNSET:
        invoice.due_on = changes.due_on
    requested = () if changes.lines is UNSET else changes.lines
    wanted = {change.line_id: change.service_type_id for change in requested}
    lines = queries.draft_lines(session, actor, invoice.id)
    if unknown := set(wanted) - {line.id for line in lines}:
        index = next(n for n, change in enumerate(requested) if change.line_id in unknown)
        raise Invalid.field(f"lines.{index}.id", "unknown", "This draft has no such line.")
    for line in lines:
        if line.id in wanted or line.rate_cents is None:
            reprice_line(session, actor, line, wanted.get(line.id, line.service_type_id), "lines")
            bill_instead(session, actor, line.id, line.id, line)
    total(session, actor, invoice)
    audit.describe(session, client_id=invoice.client_id, fields=sorted(changes.given()))
    return invoice


def lock_draft(session: Session, actor: Caller, invoice_id: UUID) -> Invoice:
    """A draft as it is now, locked; of a client that was checked before. Raises `NotADraft`."""
    invoice = queries.lock_invoice(session, actor, invoice_id)
    if invoice.status != "draft":
        raise rules.NotADraft()
    return invoice


def total(session: Session, actor: Actor, invoice: Invoice) -> None:
    """A draft's total is what its lines would charge; nothing of it is due."""
    session.flush()
    lines = queries.draft_lines(session, actor, invoice.id)
    invoice.total_cents = sum(line.charge_cents for line in lines)
    invoice.client_due_cents = invoice.insurance_due_cents = 0
    invoice.version += 1
