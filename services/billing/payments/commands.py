"""Taking money in, putting it on invoices, taking it off, giving it back.

Everything here locks the client's account first, so that two people at work for one client take turns. Clients who were
merged are one in this: money of each pays invoices of each, under the locks of all their accounts.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial
from uuid import UUID

from sqlalchemy import select

from services.billing.client_accounts.commands import Accounts, lock_account, lock_accounts
from services.billing.client_accounts.queries import client_of_body, ensure_client_free, family_around
from services.billing.copies.queries import posting_day
from services.billing.invoices import queries as invoices
from services.billing.invoices.commands import refresh_status
from services.billing.invoices.models import Invoice
from services.billing.invoices.rules import OWING
from services.billing.ledger import commands as journal
from services.billing.ledger import queries as ledger
from services.billing.ledger.rules import AR_CLIENT, CLIENT_CREDIT, RECEIPTS, Leg
from services.billing.payments import queries, rules
from services.billing.payments.models import Allocation, Payment, Refund
from shared import audit, clock
from shared.actor import Caller, Person
from shared.database.session import Session
from shared.errors import Invalid
from shared.ids import new_id


def receive_payment(session: Session, actor: Caller, facts: rules.PaymentFacts) -> Payment:
    """Take in a client's money: to the invoices named, else to the oldest first; the rest is credit.

    Raises `Invalid` for an unknown client or invoice, more than was paid or is due; `NotIssued` for a draft.
    """
    client_of_body(session, actor, facts.client_id)
    today = posting_day(session, actor)
    members = ensure_client_free(
        session, actor, facts.client_id
    )  # no merge is settled while this has the client's turn
    accounts = lock_accounts(session, actor, lambda: members)
    payment = Payment(
        organization_id=actor.organization_id,
        id=new_id(),
        client_id=facts.client_id,
        amount_cents=facts.amount_cents,
        unapplied_cents=facts.amount_cents,
        method=facts.method,
        received_on=facts.received_on,
        reference=facts.reference,
        created_by=actor.actor_id,
        created_at=clock.now(),
    )
    session.add(payment)
    session.flush()
    with session.no_autoflush:  # account, payment and invoices are written once, with what becomes of them
        journal.post(
            session,
            actor,
            accounts[payment.client_id],
            key=f"payment:{payment.id}:receive",
            kind="payment",
            on=payment.received_on,
            legs=receipt_legs(payment, payment.amount_cents),
            description=f"Payment, {payment.method}",
        )
        if facts.shares is None:
            owing = queries.lock_owing(session, actor, accounts)
            shares = rules.share_out(payment.amount_cents, [(invoice, invoice.client_due_cents) for invoice in owing])
        else:
            shares = _wanted_shares(session, actor, accounts, payment, facts.shares)
        for found, cents in shares:
            allocate(session, actor, accounts, payment, found, cents, today)
            refresh_status(session, actor, found)
    audit.describe(session, client_ids=[payment.client_id, *(found.client_id for found, _ in shares)])
    return payment


def apply_credit(session: Session, actor: Caller, invoice_id: UUID, facts: rules.CreditFacts) -> Invoice:
    """Put a client's credit on an invoice, oldest payment first; without an amount as much as possible.

    Raises `NotFound`, `NotIssued`, `NothingToApply`, and `Invalid` for more than the credit or than is due.
    """
    seen = invoices.one_invoice(session, actor, invoice_id)
    today = posting_day(session, actor)
    accounts = lock_accounts(session, actor, partial(family_around, session, actor, seen.client_id))
    credit = queries.lock_credit(session, actor, accounts)
    found = invoices.lock_invoice(session, actor, invoice_id)
    if found.status not in rules.ISSUED:
        raise rules.NotIssued.field("", found.id)
    available = sum(payment.unapplied_cents for payment in credit)
    amount_cents = facts.amount_cents
    if amount_cents is None:
        amount_cents = min(available, found.client_due_cents)
    if amount_cents == 0:
        raise rules.NothingToApply()
    rules.ensure_within(
        amount_cents, available, "amount_cents", "more_than_credit", "This is more than the client's credit."
    )
    rules.ensure_within(
        amount_cents, found.client_due_cents, "amount_cents", "more_than_due", "This is more than is due."
    )
    sources = [(payment, payment.unapplied_cents) for payment in credit]
    shares = rules.share_out(amount_cents, sources)
    for payment, cents in shares:
        allocate(session, actor, accounts, payment, found, cents, today)
    refresh_status(session, actor, found)
    audit.describe(session, client_ids=[found.client_id, *(payment.client_id for payment, _ in shares)])
    return found


def refund_payment(session: Session, actor: Person, payment_id: UUID, facts: rules.RefundFacts) -> Refund:
    """Give credit of a payment back, by the way it came.

    Raises `NotFound`, and `Invalid` for more than is unapplied: what lies on an invoice must be released
    first.
    """
    seen = queries.one_payment(session, actor, payment_id)
    today = posting_day(session, actor)
    account = lock_account(session, actor, seen.client_id)
    (payment,) = queries.lock_payments(session, actor, [payment_id])
    rules.ensure_within(
        facts.amount_cents,
        payment.unapplied_cents,
        "amount_cents",
        "more_than_credit",
        "This is more than the credit left of this payment.",
    )
    refund = Refund(
        organization_id=actor.organization_id,
        id=new_id(),
        payment_id=payment.id,
        amount_cents=facts.amount_cents,
        reason=facts.reason,
        refunded_on=today,
        created_by=actor.actor_id,
        created_at=clock.now(),
    )
    session.add(refund)
    payment.unapplied_cents -= facts.amount_cents
    journal.post(
        session,
        actor,
        account,
        key=f"refund:{refund.id}",
        kind="refund",
        on=today,
        legs=receipt_legs(payment, -facts.amount_cents),
        description=f"Refund, {payment.method}",
    )
    audit.describe(session, client_id=payment.client_id)
    return refund


def allocate(
    session: Session,
    actor: Caller,
    accounts: Accounts,
    payment: Payment,
    invoice: Invoice,
    amount_cents: int,
    on: date,
) -> None:
    """Put credit of a locked payment on the lines of a locked invoice, first line first.

    The amount must be no more than is due; the caller brings the invoice's status up to date afterwards.
    """
    due = ledger.due_by_line(session, actor, invoice.id)
    shares = rules.share_out(amount_cents, due.items())
    if sum(cents for _, cents in shares) != amount_cents:
        raise AssertionError("more was to be allocated than is due")
    for line_id, cents in shares:
        move(session, actor, accounts, payment, invoice, line_id, cents, on)


def release(
    session: Session, actor: Caller, accounts: Accounts, invoice: Invoice, on: date
) -> list[tuple[Payment, int]]:
    """Turn all that lies on an invoice back into credit; returns payments and the cents they got back."""
    placed = queries.allocated_to(session, actor, invoice.id)
    payments = {payment.id: payment for payment in queries.lock_payments(session, actor, [key[0] for key in placed])}
    released = []
    for (payment_id, line_id), cents in placed.items():
        move(session, actor, accounts, payments[payment_id], invoice, line_id, -cents, on)
        released.append((payments[payment_id], cents))
    return released


def move(
    session: Session,
    actor: Caller,
    accounts: Accounts,
    payment: Payment,
    invoice: Invoice,
    line_id: UUID,
    cents: int,
    on: date,
) -> None:
    """One allocation row and its entry; `cents` negative takes money off the line.

    Where the payment is one client's and the invoice another's, each leg stands on the account of its own document, and
    both ledgers show it: what each of the two has stays the sum of their documents, also once they are separate again.
    """
    allocation = Allocation(
        organization_id=actor.organization_id,
        id=new_id(),
        payment_id=payment.id,
        invoice_id=invoice.id,
        line_id=line_id,
        amount_cents=cents,
        created_at=clock.now(),
    )
    session.add(allocation)
    payment.unapplied_cents -= cents
    where: dict[str, UUID] = {"invoice_id": invoice.id, "line_id": line_id, "payment_id": payment.id}
    credit, owed = [Leg(CLIENT_CREDIT, cents, **where)], [Leg(AR_CLIENT, -cents, **where)]
    across = payment.client_id != invoice.client_id
    journal.post(
        session,
        actor,
        accounts[payment.client_id],
        key=f"allocation:{allocation.id}",
        kind="allocation" if cents > 0 else "release",
        on=on,
        legs=credit if across else credit + owed,
        description=f"Credit {'put on' if cents > 0 else 'taken off'} invoice {invoice.number}",
        across=(accounts[invoice.client_id], owed) if across else None,
    )


def receipt_legs(payment: Payment, cents: int) -> list[Leg]:
    """Money that came (+) or went (-), and the credit that it makes or takes."""
    return [
        Leg(RECEIPTS[payment.method], cents, payment_id=payment.id),
        Leg(CLIENT_CREDIT, -cents, payment_id=payment.id),
    ]


def _wanted_shares(
    session: Session, actor: Caller, accounts: Accounts, payment: Payment, wanted: Sequence[rules.Share]
) -> list[tuple[Invoice, int]]:
    """The allocations of a request, each checked against its invoice, which is locked here (by id)."""
    rules.ensure_within(
        sum(share.amount_cents for share in wanted),
        payment.amount_cents,
        "allocations",
        "more_than_paid",
        "More is allocated than was paid.",
    )
    ids = [share.invoice_id for share in wanted]
    found = {
        invoice.id: invoice
        for invoice in session.scalars(
            select(Invoice)
            .where(
                Invoice.organization_id == actor.organization_id,
                Invoice.client_id.in_(accounts),
                Invoice.id.in_(ids),
            )
            .order_by(Invoice.id)
            .with_for_update()
        )
    }
    for index, share in enumerate(wanted):
        field = f"allocations.{index}.invoice_id"
        invoice = found.get(share.invoice_id)
        if invoice is None:
            raise Invalid.field(field, "unknown", "This client has no such invoice.")
        if ids.index(share.invoice_id) != index:
            raise Invalid.field(field, "repeated", "Name each invoice once.")
        if invoice.status not in rules.ISSUED:
            raise rules.NotIssued.field(field, share.invoice_id)
        if invoice.status not in OWING:
            raise Invalid.field(field, "nothing_due", "Nothing is due on this invoice.")
        rules.ensure_within(
            share.amount_cents,
            invoice.client_due_cents,
            f"allocations.{index}.amount_cents",
            "more_than_due",
            "This is more than is due on this invoice.",
        )
    return [(found[share.invoice_id], share.amount_cents) for share in wanted]
