"""Reading invoices, narrowed to the clients an actor may see."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from services.billing.billing_profiles.rules import Subject, location, staff
from services.billing.charges.models import PricedService
from services.billing.client_accounts.queries import ensure_may_see
from services.billing.copies.queries import amended_without_effect, client_names, practice_today, write_off_limit_cents
from services.billing.invoices import rules
from services.billing.invoices.models import Amendment, DraftLine, Invoice, InvoiceLine
from shared.actor import Actor, Caller, ServiceActor
from shared.database.session import Session
from shared.errors import NotFound


def one_invoice(session: Session, actor: Caller, invoice_id: UUID) -> Invoice:
    """One invoice; raises `NotFound`, also for a client whom the actor may not see."""
    statement = select(Invoice).where(Invoice.organization_id == actor.organization_id, Invoice.id == invoice_id)
    found = session.scalar(statement)
    if found is None:
        raise NotFound()
    ensure_may_see(session, actor, found.client_id)
    return found


def lock_invoice(session: Session, actor: Caller, invoice_id: UUID) -> Invoice:
    """The invoice as it is now, locked until the transaction ends; of a client that was checked before."""
    return session.scalars(
        select(Invoice)
        .where(Invoice.organization_id == actor.organization_id, Invoice.id == invoice_id)
        .with_for_update()
    ).one()


def lock_line(session: Session, actor: ServiceActor, line_id: UUID) -> tuple[Invoice, DraftLine | InvoiceLine]:
    """A line that bills something, with its invoice, which is locked: a draft line, or once issued the issued one."""
    found = session.scalars(
        select(Invoice)
        .where(
            Invoice.organization_id == actor.organization_id,
            or_(
                *(
                    Invoice.id.in_(
                        select(lines.invoice_id).where(
                            lines.organization_id == actor.organization_id, lines.id == line_id
                        )
                    )
                    for lines in (DraftLine, InvoiceLine)
                )
            ),
        )
        .with_for_update()
    ).one()
    key = (actor.organization_id, line_id)
    if found.status == "draft":
        return found, session.get_one(DraftLine, key, populate_existing=True)
    return found, session.get_one(InvoiceLine, key)


def draft_lines(session: Session, actor: Actor, *invoice_ids: UUID) -> Sequence[DraftLine]:
    """The lines of drafts, in the order they came."""
    return session.scalars(
        select(DraftLine)
        .where(DraftLine.organization_id == actor.organization_id, DraftLine.invoice_id.in_(invoice_ids))
        .order_by(DraftLine.id)
    ).all()


def subjects_of(
    session: Session, actor: Caller, lines: type[DraftLine] | type[Amendment], invoice_id: UUID
) -> set[Subject]:
    """Who gives what these lines bill, and where. Not the lines themselves, which are read under a lock."""
    statement = select(lines.rendering_staff_id, lines.location_id).where(
        lines.organization_id == actor.organization_id, lines.invoice_id == invoice_id
    )
    return {
        subject
        for row in session.execute(statement)
        for subject in (staff(row[0]), location(row[1]))
        if subject is not None
    }


def lines_in_force(session: Session, actor: Actor, invoice_ids: Sequence[UUID]) -> Sequence[InvoiceLine]:
    """The issued lines of these invoices without those that an amendment replaced."""
    replacement = aliased(InvoiceLine)
    return session.scalars(
        select(InvoiceLine)
        .outerjoin(
            replacement,
            (replacement.organization_id == InvoiceLine.organization_id)
            & (replacement.supersedes_line_id == InvoiceLine.id),
        )
        .where(
            InvoiceLine.organization_id == actor.organization_id,
            InvoiceLine.invoice_id.in_(invoice_ids),
            replacement.id.is_(None),
        )
        .order_by(InvoiceLine.id)
    ).all()


def amendments(session: Session, actor: Actor, invoice_ids: Sequence[UUID]) -> Sequence[Amendment]:
    """The amendments of these invoices, in the order they came."""
    return session.scalars(
        select(Amendment)
        .where(Amendment.organization_id == actor.organization_id, Amendment.invoice_id.in_(invoice_ids))
        .order_by(Amendment.id)
    ).all()


def as_response(
    session: Session, actor: Caller, invoice: Invoice, issued: Sequence[InvoiceLine] | None = None
) -> dict[str, Any]:
    """What the API shows of one invoice; `issued` are the lines of one that was issued just now."""
    return as_responses(session, actor, [invoice], {invoice.id: issued} if issued is not None else {})[0]


def as_responses(
    session: Session, actor: Caller, invoices: Sequence[Invoice], just_issued: Mapping[UUID, Sequence[InvoiceLine]] = {}
) -> list[dict[str, Any]]:
    """What the API shows of invoices: a few queries however many there are.

    Of those in `just_issued` the lines are at hand, and no amendment can have come.
    """
    drafts = [invoice.id for invoice in invoices if invoice.number is None]
    issued = [invoice.id for invoice in invoices if invoice.number is not None and invoice.id not in just_issued]
    lines: dict[UUID, list[PricedService]] = defaultdict(list)
    changes: dict[UUID, list[Amendment]] = defaultdict(list)
    for invoice_id, known in just_issued.items():
        lines[invoice_id].extend(known)
    if drafts:
        for draft in draft_lines(session, actor, *drafts):
            lines[draft.invoice_id].append(draft)
    if issued:
        for line in lines_in_force(session, actor, issued):
            lines[line.invoice_id].append(line)
        for amendment in amendments(session, actor, issued):
            changes[amendment.invoice_id].append(amendment)
    on = practice_today(session, actor)
    names = client_names(session, actor, {invoice.client_id for invoice in invoices})
    limit_cents = write_off_limit_cents(session, actor)
    amended = amended_without_effect(
        session, actor, {(invoice.appointment_id, invoice.client_id) for invoice in invoices}
    )
    return [
        {
            **{name: getattr(invoice, name) for name in _PLAIN},
            **_dues(invoice, lines[invoice.id]),
            "client_name": names.get(invoice.client_id),
            "write_off_limit_cents": limit_cents,
            "overdue": rules.is_overdue(invoice.status, invoice.client_due_cents, invoice.due_on, on),
            "holds": _holds(invoice, lines[invoice.id], changes[invoice.id]),
            "lines": lines[invoice.id],
            "amendments": changes[invoice.id],
            "note_amended_at": amended.get((invoice.appointment_id, invoice.client_id)),
        }
        for invoice in invoices
    ]


_PLAIN = (
    "id",
    "status",
    "number",
    "client_id",
    "appointment_id",
    "total_cents",
    "written_off_cents",
    "issued_on",
    "due_on",
    "biller",
    "memo",
    "void_reason",
    "voided",
    "override",
    "version",
)


def _dues(invoice: Invoice, lines: Sequence[PricedService]) -> dict[str, int | None]:
    """What is owed of it. Of a draft nothing, which says what it would be: the previous release stored that as due."""
    draft = invoice.status == "draft"
    client_cents, insurance_cents = (0, 0) if draft else (invoice.client_due_cents, invoice.insurance_due_cents)
    return {
        "client_due_cents": client_cents,
        "insurance_due_cents": insurance_cents,
        "balance_cents": client_cents + insurance_cents,
        "expected_client_cents": sum(line.client_cents for line in lines) if draft else None,
        "expected_insurance_cents": sum(line.insurance_cents for line in lines) if draft else None,
    }


def _holds(invoice: Invoice, lines: Sequence[PricedService], changes: Sequence[Amendment]) -> list[dict[str, Any]]:
    if invoice.status == "draft":
        return [
            {"code": hold.code, "detail": hold.detail, "line_id": line.id}
            for line in lines
            if isinstance(line, DraftLine)
            for hold in line.reasons
        ]
    return [
        {
            "code": "amendment_pending",
            "detail": "The note was amended after this invoice was issued. Accept the amendment, or void the invoice.",
            "line_id": change.line_id,
        }
        for change in changes
        if change.state == "pending"
    ]
