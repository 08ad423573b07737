"""Lists of invoices by what they wait for, and how many there are of each kind. An index serves each filter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, Select, func, literal_column, not_, or_, select, text, union_all

from services.billing.client_accounts.queries import each_of, family_of, may_see
from services.billing.copies.queries import practice_today
from services.billing.invoices import rules
from services.billing.invoices.models import OWED, Amendment, DraftLine, Invoice
from services.billing.invoices.queries import as_responses
from shared.actor import Caller
from shared.database.session import Session
from shared.web.lookups import in_their_order
from shared.web.paging import Orders, paginate

COUNTED_TO = 1_000
# Drafts have neither a day of issue nor a number, and no place in these orders.
ORDERS = Orders(
    {
        "created_at": (Invoice.id,),
        "issued_on": (Invoice.issued_on, Invoice.id),
        "number": (Invoice.number_place, Invoice.id),
    },
    "created_at",
)


def list_invoices(session: Session, actor: Caller, query: dict[str, Any]) -> dict[str, Any]:
    """A page of invoices in one of `ORDERS`; filters are served by the indexes of the model."""
    statement = _narrowed(_visible(actor), actor, query, practice_today(session, actor))
    keys, descending = ORDERS.of(query["sort"])
    if keys[0] is not Invoice.id:
        statement = statement.where(keys[0].is_not(None))
    branches: Sequence[ColumnElement[bool]] = ()
    if query["client_id"] is not None:
        branches = each_of(Invoice.client_id, family_of(session, actor, query["client_id"]))
    page = paginate(
        session,
        statement,
        keys,
        limit=query["limit"],
        cursor=query["cursor"],
        descending=descending,
        branches=branches,
    )
    return {**page, "items": as_responses(session, actor, page["items"])}


def count_invoices(session: Session, actor: Caller) -> dict[str, int]:
    """How many invoices wait for what, each counted up to `COUNTED_TO`, in one statement."""
    visible, today = _visible(actor), practice_today(session, actor)
    kinds = {
        "draft": _in_status(visible, ("draft",)),
        "held": visible.where(Invoice.id.in_(_held_ids(actor))),
        "open": _in_status(visible, rules.OWING),
        "overdue": _overdue(visible, today),
        "paid": _in_status(visible, ("paid",)),
        "void": _in_status(visible, ("void",)),
        "written_off": _in_status(visible, ("written_off",)),
    }
    counted = select(*(_counted(statement).label(name) for name, statement in kinds.items()))
    return dict(session.execute(counted).one()._mapping)


def look_up(session: Session, actor: Caller, appointment_ids: Sequence[UUID]) -> dict[str, Any]:
    """What bills each of these appointments, per client: the newest invoice that is not void, else the newest.

    Served by `ix_invoices_appointment`.
    """
    columns = (Invoice.id, Invoice.appointment_id, Invoice.client_id, Invoice.status, Invoice.created_at)
    wanted = _visible(actor).with_only_columns(*columns).where(Invoice.appointment_id.in_(appointment_ids))
    found: dict[tuple[UUID, UUID], dict[str, Any]] = {}
    for invoice_id, appointment_id, client_id, status, drafted_at in session.execute(wanted.order_by(Invoice.id)):
        known = found.get((appointment_id, client_id))
        if known is None or status != "void" or known["status"] == "void":
            entry = {
                "appointment_id": appointment_id,
                "client_id": client_id,
                "invoice_id": invoice_id,
                "status": status,
                "drafted_at": drafted_at,
            }
            found[appointment_id, client_id] = entry
    return {"items": in_their_order(appointment_ids, found.values(), "appointment_id")}


def _visible(actor: Caller) -> Select[Invoice]:
    statement = select(Invoice).where(Invoice.organization_id == actor.organization_id)
    narrowed = may_see(actor, Invoice.client_id)
    return statement if narrowed is None else statement.where(narrowed)


def _narrowed(statement: Select[Invoice], actor: Caller, query: Mapping[str, Any], today: date) -> Select[Invoice]:
    for name in ("appointment_id", "number"):
        if query[name] is not None:
            statement = statement.where(getattr(Invoice, name) == query[name])
    if query["status"] is not None:
        statement = _in_status(statement, query["status"])
    if query["overdue"] is not None:
        statement = _overdue(statement, today) if query["overdue"] else _in_time(statement, today)
    if query["held"] is not None:
        held = Invoice.id.in_(_held_ids(actor))
        statement = statement.where(held if query["held"] else not_(held))
    if query["issued_from"] is not None:
        statement = statement.where(Invoice.issued_on >= query["issued_from"])
    if query["issued_to"] is not None:
        statement = statement.where(Invoice.issued_on <= query["issued_to"])
    return statement


def _in_status(statement: Select[Invoice], statuses: tuple[str, ...]) -> Select[Invoice]:
    if len(statuses) == 1:
        return statement.where(Invoice.status == statuses[0])
    if set(statuses) == set(rules.OWING):
        return statement.where(text(OWED))
    return statement.where(Invoice.status.in_(statuses))


# As `rules.is_overdue` says of one.
def _overdue(statement: Select[Invoice], today: date) -> Select[Invoice]:
    return statement.where(text(OWED), Invoice.client_due_cents > 0, Invoice.due_on < today)


def _in_time(statement: Select[Invoice], today: date) -> Select[Invoice]:
    return statement.where(
        or_(Invoice.status.not_in(rules.OWING), Invoice.client_due_cents <= 0, Invoice.due_on >= today)
    )


# Drafts with a line that is held, and issued invoices with an amendment that waits.
def _held_ids(actor: Caller) -> CompoundSelect[UUID]:
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


def _counted(statement: Select[Invoice]) -> Any:
    some = statement.with_only_columns(Invoice.id).limit(COUNTED_TO).subquery()
    return select(func.count()).select_from(some).scalar_subquery()
