"""What a list of invoices may be narrowed to, and how many there are of each kind. An index serves each of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CompoundSelect, Select, func, literal_column, not_, or_, select, text, union_all

from services.billing.invoices import rules
from services.billing.invoices.models import OWED, Amendment, DraftLine, Invoice
from shared.actor import Caller

COUNTED_TO = 1_000


def narrowed(statement: Select[Invoice], actor: Caller, query: Mapping[str, Any], today: date) -> Select[Invoice]:
    """The statement with the conditions that a query gives."""
    for name in ("appointment_id", "client_id", "number"):
        if query[name] is not None:
            statement = statement.where(getattr(Invoice, name) == query[name])
    if query["status"] is not None:
        statement = in_status(statement, query["status"])
    if query["overdue"] is not None:
        statement = overdue(statement, today) if query["overdue"] else _in_time(statement, today)
    if query["held"] is not None:
        held = Invoice.id.in_(held_ids(actor))
        statement = statement.where(held if query["held"] else not_(held))
    if query["issued_from"] is not None:
        statement = statement.where(Invoice.issued_on >= query["issued_from"])
    if query["issued_to"] is not None:
        statement = statement.where(Invoice.issued_on <= query["issued_to"])
    return statement


def in_status(statement: Select[Invoice], statuses: tuple[str, ...]) -> Select[Invoice]:
    """Those in one of these statuses."""
    if len(statuses) == 1:
        return statement.where(Invoice.status == statuses[0])
    if set(statuses) == set(rules.OWING):
        return statement.where(text(OWED))
    return statement.where(Invoice.status.in_(statuses))


def overdue(statement: Select[Invoice], today: date) -> Select[Invoice]:
    """Those of which the client should have paid something by now, as `rules.is_overdue` says of one."""
    return statement.where(text(OWED), Invoice.client_due_cents > 0, Invoice.due_on < today)


def _in_time(statement: Select[Invoice], today: date) -> Select[Invoice]:
    return statement.where(
        or_(Invoice.status.not_in(rules.OWING), Invoice.client_due_cents <= 0, Invoice.due_on >= today)
    )


def held_ids(actor: Caller) -> CompoundSelect[UUID]:
    """Ids of drafts with a line that is held, and of issued invoices with an amendment that waits."""
    drafts = (
        select(DraftLine.invoice_id)
        .join(Invoice, (Invoice.organization_id == DraftLine.organization_id) & (Invoice.id == DraftLine.invoice_id))
        .where(
            Invoice.organization_id == actor.organization_id,
            Invoice.status == "draft",
            func.jsonb_array_length(DraftLine.holds) > 0,
        )
    )
    amended = select(Amendment.invoice_id).where(
        Amendment.organization_id == actor.organization_id, Amendment.state == literal_column("'pending'")
    )
    return union_all(drafts, amended)


def counts(visible: Select[Invoice], actor: Caller, today: date) -> Select[Any]:
    """One row: how many of the visible ones there are of each kind, none counted further than `COUNTED_TO`."""
    kinds = {
        "draft": in_status(visible, ("draft",)),
        "held": visible.where(Invoice.id.in_(held_ids(actor))),
        "open": in_status(visible, rules.OWING),
        "overdue": overdue(visible, today),
        "paid": in_status(visible, ("paid",)),
        "void": in_status(visible, ("void",)),
        "written_off": in_status(visible, ("written_off",)),
    }
    return select(*(_counted(statement).label(name) for name, statement in kinds.items()))


def _counted(statement: Select[Invoice]) -> Any:
    some = statement.with_only_columns(Invoice.id).limit(COUNTED_TO).subquery()
    return select(func.count()).select_from(some).scalar_subquery()
