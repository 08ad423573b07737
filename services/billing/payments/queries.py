"""Reading payments, narrowed to the clients an actor may see."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, literal, select

from services.billing.client_accounts.queries import each_of, ensure_may_see, family_of, may_see
from services.billing.copies.queries import client_names, practice_today
from services.billing.invoices.models import Invoice
from services.billing.invoices.queries import one_invoice
from services.billing.invoices.rules import OWING
from services.billing.payments import rules
from services.billing.payments.models import Allocation, Payment, Refund
from services.billing.reasons.rules import Reason
from shared.actor import Caller
from shared.database.session import Session
from shared.errors import NotFound
from shared.web.paging import Orders, paginate

ORDERS = Orders({"created_at": (Payment.id,), "received_on": (Payment.received_on, Payment.id)}, "created_at")


def one_payment(session: Session, actor: Caller, payment_id: UUID) -> Payment:
    """One payment; raises `NotFound`, also for a client whom the actor may not see."""
    statement = select(Payment).where(Payment.organization_id == actor.organization_id, Payment.id == payment_id)
    found = session.scalar(statement)
    if found is None:
        raise NotFound()
    ensure_may_see(session, actor, found.client_id)
    return found


def one_refund(session: Session, actor: Caller, payment_id: UUID, refund_id: UUID) -> Refund:
    """One refund of a payment; raises `NotFound`, also for a client whom the actor may not see."""
    one_payment(session, actor, payment_id)
    found = session.get(Refund, (actor.organization_id, refund_id))
    if found is None or found.payment_id != payment_id:
        raise NotFound()
    return found


def list_payments(session: Session, actor: Caller, query: dict[str, Any]) -> dict[str, Any]:
    """A page of payments in one of `ORDERS`; filters are served by the indexes of the model.

    Raises `NotFound` for an invoice that the actor may not see.
    """
    statement = select(Payment).where(Payment.organization_id == actor.organization_id)
    if query["invoice_id"] is not None:
        one_invoice(session, actor, query["invoice_id"])
        statement = statement.where(Payment.id.in_(_lie_on(actor, query["invoice_id"])))
    branches: Sequence[ColumnElement[bool]] = ()
    if query["client_id"] is not None:
        branches = each_of(Payment.client_id, family_of(session, actor, query["client_id"]))
    if query["method"] is not None:
        statement = statement.where(Payment.method == query["method"])
    if query["ids"] is not None:
        statement = statement.where(Payment.id.in_(query["ids"]))
    if query["first"] is not None:
        statement = statement.where(Payment.received_on >= query["first"])
    if query["last"] is not None:
        statement = statement.where(Payment.received_on <= query["last"])
    if (narrowed := may_see(actor, Payment.client_id)) is not None:
        statement = statement.where(narrowed)
    keys, descending = ORDERS.of(query["sort"])
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


def _lie_on(actor: Caller, invoice_id: UUID) -> Select[UUID]:
    """Ids of the payments of which something lies on an invoice."""
    return (
        select(Allocation.payment_id)
        .where(Allocation.organization_id == actor.organization_id, Allocation.invoice_id == invoice_id)
        .group_by(Allocation.payment_id)
        .having(func.sum(Allocation.amount_cents) != 0)
    )


def by_day(session: Session, actor: Caller, query: dict[str, Any]) -> dict[str, Any]:
    """What was received per day and method, newest day first; what is void or bounced does not count.

    Raises `Invalid` for days the wrong way round or too many. Served by `ix_payments_received_on`.
    """
    last = query["last"] or practice_today(session, actor)
    first = query["first"] or last
    rules.ensure_few_days(first, last)
    statement = (
        select(
            Payment.received_on.label("on"),
            Payment.method,
            func.count().label("count"),
            func.sum(Payment.amount_cents).label("amount_cents"),
        )
        .where(
            Payment.organization_id == actor.organization_id,
            Payment.received_on.between(first, last),
            Payment.undone.is_(None),
        )
        .group_by(Payment.received_on, Payment.method)
        .order_by(Payment.received_on.desc(), Payment.method)
    )
    if (narrowed := may_see(actor, Payment.client_id)) is not None:
        statement = statement.where(narrowed)
    items = [dict(row._mapping) for row in session.execute(statement)]
    return {"from": first, "to": last, "items": items}


def lock_payments(session: Session, actor: Caller, payment_ids: Sequence[UUID]) -> list[Payment]:
    """These payments as they are now, by id, locked until the transaction ends."""
    return list(
        session.scalars(
            select(Payment)
            .where(Payment.organization_id == actor.organization_id, Payment.id.in_(payment_ids))
            .order_by(Payment.id)
            .with_for_update()
        )
    )


def lock_credit(session: Session, actor: Caller, client_ids: Collection[UUID]) -> list[Payment]:
    """These clients' payments with credit left, locked, oldest first. Their accounts must be locked already."""
    found = session.scalars(
        select(Payment)
        .where(
            Payment.organization_id == actor.organization_id,
            Payment.client_id.in_(client_ids),
            Payment.unapplied_cents > 0,
        )
        .order_by(Payment.id)
        .with_for_update()
    )
    return sorted(found, key=lambda row: (row.received_on, row.id))


def lock_owing(session: Session, actor: Caller, client_ids: Collection[UUID]) -> list[Invoice]:
    """These clients' invoices with something due from the client, locked, oldest first."""
    found = session.scalars(
        select(Invoice)
        .where(
            Invoice.organization_id == actor.organization_id,
            Invoice.client_id.in_(client_ids),
            Invoice.status.in_(OWING),
            Invoice.client_due_cents > 0,
        )
        .order_by(Invoice.id)
        .with_for_update()
    )
    return sorted(found, key=lambda row: (row.issued_on, row.id))


def allocated_of(session: Session, actor: Caller, payment_id: UUID) -> dict[tuple[UUID, UUID], int]:
    """Cents of a payment that lie on invoices, by (invoice, line)."""
    rows = session.execute(
        select(Allocation.invoice_id, Allocation.line_id, func.sum(Allocation.amount_cents))
        .where(Allocation.organization_id == actor.organization_id, Allocation.payment_id == payment_id)
        .group_by(Allocation.invoice_id, Allocation.line_id)
        .having(func.sum(Allocation.amount_cents) != 0)
        .order_by(Allocation.invoice_id, Allocation.line_id)
    )
    return {(invoice_id, line_id): int(cents) for invoice_id, line_id, cents in rows}


def clients_paid_for(session: Session, actor: Caller, payment_id: UUID) -> Sequence[UUID]:
    """Whose invoices a payment lies on or has lain on: others than who paid, where they were merged at that time."""
    on = (Invoice.organization_id == Allocation.organization_id) & (Invoice.id == Allocation.invoice_id)
    of_payment = Allocation.organization_id == actor.organization_id, Allocation.payment_id == payment_id
    return session.scalars(select(Invoice.client_id).join(Allocation, on).where(*of_payment).distinct()).all()


def clients_who_paid(session: Session, actor: Caller, invoice_id: UUID) -> Sequence[UUID]:
    """Whose payments lie on an invoice or have lain on it."""
    by = (Payment.organization_id == Allocation.organization_id) & (Payment.id == Allocation.payment_id)
    of_invoice = Allocation.organization_id == actor.organization_id, Allocation.invoice_id == invoice_id
    return session.scalars(select(Payment.client_id).join(Allocation, by).where(*of_invoice).distinct()).all()


def is_refunded(session: Session, actor: Caller, payment_id: UUID) -> bool:
    """Whether anything of a payment was given back."""
    statement = select(Refund.id).where(
        Refund.organization_id == actor.organization_id, Refund.payment_id == payment_id
    )
    return session.scalar(statement.limit(1)) is not None


def allocated_to(session: Session, actor: Caller, invoice_id: UUID) -> dict[tuple[UUID, UUID], int]:
    """Cents that lie on an invoice, by (payment, line), oldest payment first."""
    rows = session.execute(
        select(Allocation.payment_id, Allocation.line_id, func.sum(Allocation.amount_cents))
        .where(Allocation.organization_id == actor.organization_id, Allocation.invoice_id == invoice_id)
        .group_by(Allocation.payment_id, Allocation.line_id)
        .having(func.sum(Allocation.amount_cents) != 0)
        .order_by(Allocation.payment_id, Allocation.line_id)
    )
    return {(payment_id, line_id): int(cents) for payment_id, line_id, cents in rows}


def as_response(session: Session, actor: Caller, payment: Payment) -> dict[str, Any]:
    """What the API shows of one payment."""
    return as_responses(session, actor, [payment])[0]


def as_responses(session: Session, actor: Caller, payments: Sequence[Payment]) -> list[dict[str, Any]]:
    """What the API shows of payments: three queries however many there are.

    Of what lies on an invoice of somebody whom the actor may not see, from when two clients were one, only how much.
    """
    seen = may_see(actor, Invoice.client_id)
    shown = literal(True) if seen is None else seen
    names = client_names(session, actor, {payment.client_id for payment in payments})
    ids = [payment.id for payment in payments]
    allocations: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    refunds: dict[UUID, list[Refund]] = defaultdict(list)
    for payment_id, invoice_id, number, is_shown, cents in session.execute(
        select(Allocation.payment_id, Allocation.invoice_id, Invoice.number, shown, func.sum(Allocation.amount_cents))
        .join(
            Invoice,
            (Invoice.organization_id == Allocation.organization_id) & (Invoice.id == Allocation.invoice_id),
        )
        .where(Allocation.organization_id == actor.organization_id, Allocation.payment_id.in_(ids))
        .group_by(Allocation.payment_id, Allocation.invoice_id, Invoice.number, Invoice.client_id)
        .having(func.sum(Allocation.amount_cents) != 0)
        .order_by(Allocation.invoice_id)
    ):
        invoice = {"invoice_id": invoice_id, "invoice_number": number}
        part = {**(invoice if is_shown else dict.fromkeys(invoice)), "amount_cents": int(cents)}
        allocations[payment_id].append(part)
    for refund in session.scalars(
        select(Refund)
        .where(Refund.organization_id == actor.organization_id, Refund.payment_id.in_(ids))
        .order_by(Refund.id)
    ):
        refunds[refund.payment_id].append(refund)
    return [
        {
            **{name: getattr(payment, name) for name in _PLAIN},
            "client_name": names.get(payment.client_id),
            "refunded_cents": sum(refund.amount_cents for refund in refunds[payment.id]),
            "allocations": allocations[payment.id],
            "refunds": refunds[payment.id],
            "undone": Reason.of(payment.undone_reason, payment.undone_by, payment.undone_at),
        }
        for payment in payments
    ]


_PLAIN = (
    "id",
    "client_id",
    "amount_cents",
    "unapplied_cents",
    "method",
    "received_on",
    "reference",
    "status",
    "created_by",
    "created_at",
)
