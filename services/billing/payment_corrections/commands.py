"""Undoing a payment: its money comes off the invoices, which are due again, and goes back by a further entry."""

from __future__ import annotations

from uuid import UUID

from services.billing.client_accounts.commands import lock_accounts
from services.billing.copies.queries import posting_day
from services.billing.invoices import queries as invoices
from services.billing.invoices.commands import refresh_status
from services.billing.ledger import commands as journal
from services.billing.payment_corrections import rules
from services.billing.payments import queries
from services.billing.payments.commands import move, receipt_legs
from services.billing.payments.models import Payment
from shared import audit, clock
from shared.actor import Person
from shared.database.session import Session


def undo_payment(session: Session, actor: Person, payment_id: UUID, undo: rules.Undo) -> Payment:
    """Take a payment back that was entered in error, or that the bank took back.

    Nothing of it is deleted: its allocations are released, then a reversal takes its money out of the books.
    Raises `NotFound`, `PaymentUndone`, `Refunded`, `CannotBounce`.
    """
    seen = queries.one_payment(session, actor, payment_id)
    today = posting_day(session, actor)
    accounts = lock_accounts(
        session, actor, lambda: (seen.client_id, *queries.clients_paid_for(session, actor, payment_id))
    )
    (payment,) = queries.lock_payments(session, actor, [payment_id])
    rules.ensure_may_undo(
        undo,
        method=payment.method,
        undone=payment.undone is not None,
        refunded=queries.is_refunded(session, actor, payment_id),
    )
    placed = queries.allocated_of(session, actor, payment_id)
    paid = {
        paid_id: invoices.lock_invoice(session, actor, paid_id)
        for paid_id in sorted({invoice_id for invoice_id, _ in placed})
    }
    for (invoice_id, line_id), cents in placed.items():
        move(session, actor, accounts, payment, paid[invoice_id], line_id, -cents, today)
    journal.post(
        session,
        actor,
        accounts[payment.client_id],
        key=f"payment:{payment.id}:undo",
        kind=rules.UNDONE_AS[undo.undone],
        on=today,
        legs=receipt_legs(payment, -payment.amount_cents),
        description=f"Payment, {payment.method}, {undo.undone}",
    )
    payment.unapplied_cents -= payment.amount_cents
    payment.undone, payment.undone_reason = undo.undone, undo.reason
    payment.undone_by, payment.undone_at = actor.staff_id, clock.now()
    for found in paid.values():
        refresh_status(session, actor, found)
    clients = [payment.client_id, *(found.client_id for found in paid.values())]
    audit.describe(session, client_ids=clients, undone=undo.undone, invoices=len(paid))
    return payment
