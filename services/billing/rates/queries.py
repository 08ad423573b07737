"""What was priced at a rate: lines that may still change, and issued ones that may not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import aliased

from services.billing.catalogue.models import ServiceType
from services.billing.charges.models import PricedService
from services.billing.invoices.models import Amendment, DraftLine, Invoice, InvoiceLine
from shared.database.session import Session

LINES_PER_BATCH = 200

Days = tuple[date | None, date | None]
Line = TypeVar("Line", DraftLine, Amendment)


def lock_drafts(session: Session, service: ServiceType, days: Days, after: UUID | None) -> Sequence[Invoice]:
    """Up to a batch of the drafts with a line of this service on those days, by id, locked until the transaction ends.

    Served by `ix_invoice_draft_lines_service`.
    """
    lines = select(DraftLine.invoice_id).where(_priced(DraftLine, service, days))
    return session.scalars(
        select(Invoice)
        .where(
            Invoice.organization_id == service.organization_id,
            Invoice.status == "draft",
            Invoice.id.in_(lines),
            *([Invoice.id > after] if after else []),
        )
        .order_by(Invoice.id)
        .limit(LINES_PER_BATCH)
        .with_for_update()
    ).all()


def lock_amended(session: Session, service: ServiceType, days: Days, after: UUID | None) -> Sequence[Invoice]:
    """The same for issued invoices with a pending amendment that is priced as this service."""
    proposed = select(Amendment.invoice_id).where(_priced(Amendment, service, days), Amendment.state == "pending")
    return session.scalars(
        select(Invoice)
        .where(
            Invoice.organization_id == service.organization_id,
            Invoice.id.in_(proposed),
            *([Invoice.id > after] if after else []),
        )
        .order_by(Invoice.id)
        .limit(LINES_PER_BATCH)
        .with_for_update()
    ).all()


def lines_of(
    session: Session, lines: type[Line], service: ServiceType, days: Days, invoice_ids: Sequence[UUID]
) -> Sequence[Line]:
    """The draft lines, or pending amendments, of these locked invoices that are priced as this service."""
    statement = select(lines).where(_priced(lines, service, days), lines.invoice_id.in_(invoice_ids))
    if lines is Amendment:
        statement = statement.where(Amendment.state == "pending")
    return session.scalars(statement.order_by(lines.id).execution_options(populate_existing=True)).all()


def is_used(session: Session, service: ServiceType, days: Days, rate_cents: int) -> bool:
    """Whether a line in force was issued at this rate: its invoice is not void, and no amendment replaced it.

    Served by `ix_invoice_lines_service`.
    """
    replacement = aliased(InvoiceLine)
    used = (
        select(InvoiceLine.id)
        .join(
            Invoice,
            and_(Invoice.organization_id == InvoiceLine.organization_id, Invoice.id == InvoiceLine.invoice_id),
        )
        .where(
            _priced(InvoiceLine, service, days),
            InvoiceLine.rate_cents == rate_cents,
            Invoice.status != "void",
            ~exists().where(
                replacement.organization_id == InvoiceLine.organization_id,
                replacement.supersedes_line_id == InvoiceLine.id,
            ),
        )
    )
    return session.scalar(used.limit(1)) is not None


def _priced(lines: type[PricedService], service: ServiceType, days: Days) -> ColumnElement[bool]:
    first, last = days
    # The mixin leaves the organization to `Tenant`, which each table with priced services has as well.
    conditions = [lines.organization_id == service.organization_id, lines.service_type_id == service.id]  # type: ignore[attr-defined]
    if first is not None:
        conditions.append(lines.service_date >= first)
    if last is not None:
        conditions.append(lines.service_date <= last)
    return and_(*conditions)
