"""Writing off what a client owes of an invoice, and reversing that; each by an entry, like everything about money."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from services.billing.client_accounts.commands import lock_account
from services.billing.client_accounts.models import ClientAccount
from services.billing.copies.queries import posting_day, write_off_limit_cents
from services.billing.invoices import queries as invoices
from services.billing.invoices.commands import refresh_status
from services.billing.invoices.models import Invoice
from services.billing.ledger import commands as journal
from services.billing.ledger import queries as ledger
from services.billing.ledger.rules import AR_CLIENT, WRITE_OFFS, Leg, reversed_legs
from services.billing.payments.rules import ISSUED, NotIssued, share_out
from services.billing.write_offs import queries, rules
from services.billing.write_offs.models import WriteOff
from shared import audit, clock
from shared.actor import Person
from shared.database.session import Session
from shared.ids import new_id


def write_off(session: Session, actor: Person, invoice_id: UUID, facts: rules.WriteOffFacts) -> WriteOff:
    """Give up a part of what the client owes of an issued invoice, first line first.

    Raises `NotFound`, `NotIssued`, and `Invalid` for more than is due, or than the practice's limit leaves.
    """
    seen = invoices.one_invoice(session, actor, invoice_id)
    today = posting_day(session, actor)
    account = lock_account(session, actor, seen.client_id)
    invoice = invoices.lock_invoice(session, actor, invoice_id)
    if invoice.status not in ISSUED:
        raise NotIssued.field("", invoice.id)
    rules.ensure_due(facts.amount_cents, invoice.client_due_cents)
    rules.ensure_within_limit(facts.amount_cents, invoice.written_off_cents, write_off_limit_cents(session, actor))
    write_off_id = new_id()
    entry_id = journal.post(
        session,
        actor,
        account,
        key=f"write_off:{write_off_id}",
        kind="write_off",
        on=today,
        legs=_legs(session, actor, invoice, facts),
        description=f"Invoice {invoice.number}, written off",
    )
    made = WriteOff(
        organization_id=actor.organization_id,
        id=write_off_id,
        invoice_id=invoice.id,
        client_id=invoice.client_id,
        entry_id=entry_id,
        amount_cents=facts.amount_cents,
        kind=facts.kind,
        reason=facts.reason,
        written_off_on=today,
        created_by=actor.staff_id,
        created_at=clock.now(),
    )
    session.add(made)
    refresh_status(session, actor, invoice)
    audit.describe(session, client_id=invoice.client_id, invoice_id=str(invoice.id), kind=facts.kind)
    return made


def reverse_write_off(session: Session, actor: Person, write_off_id: UUID, reversal: rules.Reversal) -> WriteOff:
    """Have the client owe again what was written off, from today on. Raises `NotFound`, `AlreadyReversed`."""
    seen = queries.one_write_off(session, actor, write_off_id)
    today = posting_day(session, actor)
    account = lock_account(session, actor, seen.client_id)
    invoice = invoices.lock_invoice(session, actor, seen.invoice_id)
    posted = [row for row in queries.lock_posted(session, actor, invoice.id) if row.id == write_off_id]
    if not posted:
        raise rules.AlreadyReversed()
    _reverse(session, actor, account, invoice, posted[0], reversal.reason, today)
    refresh_status(session, actor, invoice)
    audit.describe(session, client_id=invoice.client_id, invoice_id=str(invoice.id))
    return posted[0]


def reverse_all(
    session: Session, actor: Person, account: ClientAccount, invoice: Invoice, reason: str, on: date
) -> None:
    """Reverse what is written off of a locked invoice; the caller brings its status up to date afterwards."""
    for row in queries.lock_posted(session, actor, invoice.id):
        _reverse(session, actor, account, invoice, row, reason, on)


def _legs(session: Session, actor: Person, invoice: Invoice, facts: rules.WriteOffFacts) -> list[Leg]:
    due = ledger.due_by_line(session, actor, invoice.id)
    return [
        Leg(account, cents, invoice_id=invoice.id, line_id=line_id)
        for line_id, share in share_out(facts.amount_cents, due.items())
        for account, cents in ((WRITE_OFFS[facts.kind], share), (AR_CLIENT, -share))
    ]


def _reverse(
    session: Session,
    actor: Person,
    account: ClientAccount,
    invoice: Invoice,
    row: WriteOff,
    reason: str,
    on: date,
) -> None:
    journal.post(
        session,
        actor,
        account,
        key=f"write_off:{row.id}:reverse",
        kind="write_off_reversal",
        on=on,
        legs=reversed_legs(ledger.legs_of(session, actor, row.entry_id)),
        description=f"Invoice {invoice.number}, write-off reversed",
    )
    row.reversed_reason, row.reversed_by, row.reversed_at = reason, actor.staff_id, clock.now()
