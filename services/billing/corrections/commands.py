"""Voiding an invoice, and accepting what a note's amendment changes about it: always by further entries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.billing.billed_services.commands import bill_instead
from services.billing.billed_services.models import BilledService
from services.billing.billed_services.queries import lock_billed_services
from services.billing.billing_profiles.queries import await_profiles, profiles_in_force
from services.billing.charges.commands import reprice_line
from services.billing.charges.models import DocumentedService
from services.billing.charges.rules import ensure_issuable
from services.billing.client_accounts.commands import Accounts, lock_accounts
from services.billing.client_accounts.models import ClientAccount
from services.billing.copies.queries import posting_day
from services.billing.corrections import rules
from services.billing.drafting.new_drafts import create_draft
from services.billing.invoices import queries
from services.billing.invoices.commands import refresh_status, tell
from services.billing.invoices.models import Amendment, Invoice, InvoiceLine
from services.billing.issuing.commands import Printed, charge_legs, freeze, printed_on
from services.billing.ledger import commands as journal
from services.billing.ledger.rules import reversed_legs
from services.billing.payments import commands as payments
from services.billing.payments.queries import clients_who_paid
from services.billing.payments.rules import share_out
from services.billing.write_offs import commands as write_offs
from services.billing.write_offs.rules import ensure_nothing_written_off
from shared import audit, clock
from shared.actor import Caller, Person
from shared.database.session import Session
from shared.errors import NotFound
from shared.ids import new_id


def void_invoice(session: Session, actor: Person, invoice_id: UUID, void: rules.Void) -> tuple[Invoice, Invoice | None]:
    """Discard a draft, or void what was issued: number kept, charge and write-offs reversed, money turned into credit.

    The appointment is billed again on a new draft, for what was documented must not be lost, unless `void.redraft` is
    false: then it stands among the sessions that nothing bills. Returns the void invoice and the new draft, if any.
    Raises `NotFound`, `AlreadyVoid`.
    """
    accounts, billed, invoice, today = _locked(session, actor, invoice_id)
    account = accounts[invoice.client_id]
    if invoice.status == "void":
        raise rules.AlreadyVoid()
    issued = invoice.number is not None
    documented = _withdraw(session, actor, invoice, billed)
    invoice.void_reason, invoice.voided_on = void.reason, today
    invoice.voided_by, invoice.voided_at = actor.staff_id, clock.now()
    if issued:
        _reverse(session, actor, account, invoice, today)
        released = payments.release(session, actor, accounts, invoice, today)
        audit.describe(session, client_ids=[payment.client_id for payment, _ in released])
        write_offs.reverse_all(session, actor, account, invoice, void.reason, today)
        refresh_status(session, actor, invoice)
        tell(session, invoice)
    else:
        invoice.status, invoice.client_due_cents, invoice.insurance_due_cents = "void", 0, 0
        invoice.version += 1
    session.flush()
    audit.describe(session, client_id=invoice.client_id, issued=issued, redrafted=void.redraft)
    drafted = create_draft(session, actor, documented) if void.redraft else None
    return invoice, drafted


def accept_amendment(
    session: Session,
    actor: Caller,
    invoice_id: UUID,
    amendment_id: UUID,
    acceptance: rules.Acceptance,
) -> Invoice:
    """Reverse an issued line and charge what replaces it; money that is left over becomes credit.

    The old line stays as it was. The new one takes the rendering clinician and the place of service from the profiles
    that are now on record for its date of service. `acceptance.service_type_id` corrects the service first.
    Raises `NotFound`, `NotPending`, `Held`, `OverrideNotAllowed`, `Invalid`, `AlreadyBilled`, `WrittenOff`.
    """
    seen = queries.one_invoice(session, actor, invoice_id)
    await_profiles(session, actor, queries.subjects_of(session, actor, Amendment, seen.id))  # before the locks
    accounts, _, invoice, today = _locked(session, actor, invoice_id)
    account = accounts[invoice.client_id]
    amendment = _pending(session, actor, invoice, amendment_id)
    ensure_nothing_written_off(invoice.written_off_cents)
    if acceptance.service_type_id is not None:
        reprice_line(session, actor, amendment, acceptance.service_type_id, "service_type_id")
    ensure_issuable(
        [(amendment.line_id, hold) for hold in amendment.reasons],
        [amendment.charge_cents],
        override_reason=acceptance.override_reason,
        may_override=actor.may("invoices:override_hold"),
    )
    held = [hold.code for hold in amendment.reasons]
    if held:
        amendment.override_reason, amendment.overridden_by = acceptance.override_reason, actor.actor_id
        amendment.overridden_at = clock.now()
    old = session.get_one(InvoiceLine, (actor.organization_id, amendment.line_id))
    printed = profiles_in_force(session, actor, printed_on([amendment]))
    new = _replace_line(session, actor, amendment, printed)
    journal.post(
        session,
        actor,
        account,
        key=f"amendment:{amendment.id}:reversal",
        kind="reversal",
        on=today,
        legs=reversed_legs(charge_legs(old)),
        description=f"Invoice {invoice.number}, reversed after the note was amended",
    )
    journal.post(
        session,
        actor,
        account,
        key=f"amendment:{amendment.id}:charge",
        kind="charge",
        on=today,
        legs=charge_legs(new),
        description=f"Invoice {invoice.number}, as amended",
    )
    released = payments.release(session, actor, accounts, invoice, today)
    refresh_status(session, actor, invoice, queries.lines_in_force(session, actor, [invoice.id]))
    # What the client had paid on this invoice stays with it as far as it is still owed; the rest is credit.
    for payment, cents in share_out(invoice.client_due_cents, _by_payment(released)):
        payments.allocate(session, actor, accounts, payment, invoice, cents, today)
    refresh_status(session, actor, invoice)
    clients = [invoice.client_id, *(payment.client_id for payment, _ in released)]
    audit.describe(session, client_ids=clients, object_id=invoice.id, held=held, overridden=bool(held))
    return invoice


def _locked(
    session: Session, actor: Caller, invoice_id: UUID
) -> tuple[Accounts, Sequence[BilledService], Invoice, date]:
    """The accounts of the client and of who paid, what the appointment was billed with and the invoice, all locked.

    And today's date.
    """
    seen = queries.one_invoice(session, actor, invoice_id)
    today = posting_day(session, actor)  # may wait, so it comes before the locks
    accounts = lock_accounts(session, actor, lambda: (seen.client_id, *clients_who_paid(session, actor, invoice_id)))
    billed = lock_billed_services(session, actor, seen.appointment_id, seen.client_id)
    return accounts, billed, queries.lock_invoice(session, actor, invoice_id), today


def _withdraw(session: Session, actor: Person, invoice: Invoice, billed: Sequence[BilledService]) -> DocumentedService:
    """Give the business key back and drop pending amendments; returns what was documented last."""
    draft, issued = queries.draft_lines, queries.lines_in_force
    (line,) = draft(session, actor, invoice.id) if invoice.status == "draft" else issued(session, actor, [invoice.id])
    (key,) = (service for service in billed if service.line_id == line.id)
    documented = replace(line.documented, version=key.documented_version)
    for amendment in queries.amendments(session, actor, [invoice.id]):
        if amendment.state == "pending":
            amendment.state = "withdrawn"
            documented = amendment.documented
    key.line_id, key.documented_version = None, documented.version  # the same version again must not bill it again
    return documented


def _reverse(session: Session, actor: Person, account: ClientAccount, invoice: Invoice, on: date) -> None:
    legs = [
        leg for line in queries.lines_in_force(session, actor, [invoice.id]) for leg in reversed_legs(charge_legs(line))
    ]
    journal.post(
        session,
        actor,
        account,
        key=f"void:{invoice.id}",
        kind="void",
        on=on,
        legs=legs,
        description=f"Invoice {invoice.number} void",
    )


def _pending(session: Session, actor: Caller, invoice: Invoice, amendment_id: UUID) -> Amendment:
    amendment = session.scalar(
        select(Amendment)
        .where(
            Amendment.organization_id == actor.organization_id,
            Amendment.invoice_id == invoice.id,
            Amendment.id == amendment_id,
        )
        .execution_options(populate_existing=True)
    )
    if amendment is None:
        raise NotFound()
    if amendment.state != "pending":
        raise rules.NotPending()
    return amendment


def _replace_line(session: Session, actor: Caller, amendment: Amendment, printed: Printed) -> InvoiceLine:
    """Insert the line that supersedes the amended one, and let it bill instead."""
    line = freeze(amendment, new_id(), printed, supersedes=amendment.line_id)
    amendment.state, amendment.replacement_line_id = "accepted", line.id
    session.add(line)
    session.flush()
    bill_instead(session, actor, amendment.line_id, line.id, line)
    return line


def _by_payment(released: list[tuple[Any, int]]) -> list[tuple[Any, int]]:
    """Released pieces added up per payment, in the order they came."""
    sums: dict[UUID, tuple[Any, int]] = {}
    for payment, cents in released:
        before = sums[payment.id][1] if payment.id in sums else 0
        sums[payment.id] = (payment, before + cents)
    return list(sums.values())
