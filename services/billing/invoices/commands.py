"""Keeping what is stored of an issued invoice in line with its postings."""

from __future__ import annotations

from collections.abc import Sequence

from services.billing.invoices import rules
from services.billing.invoices.models import Invoice, InvoiceLine
from services.billing.ledger import queries as ledger
from shared.actor import Caller
from shared.contracts.billing import InvoiceChanged
from shared.database.session import Session
from shared.failpoints import failpoint
from shared.messaging import outbox


def refresh_status(
    session: Session, actor: Caller, invoice: Invoice, lines: Sequence[InvoiceLine] | None = None
) -> None:
    """Bring the stored status and dues of an issued invoice in line with its postings.

    `lines` are those in force, where they are others than before; money moves no line.
    """
    due = ledger.totals_of_invoice(session, actor, invoice.id)
    if lines is not None:
        invoice.total_cents = sum(line.charge_cents for line in lines)
    invoice.client_due_cents = due.receivable_cents
    invoice.insurance_due_cents = due.insurance_due_cents
    invoice.written_off_cents = due.written_off_cents
    invoice.status = rules.status_of(
        issued=True,
        voided=invoice.voided_on is not None,
        charged_cents=invoice.total_cents,
        client_due_cents=invoice.client_due_cents,
        insurance_due_cents=invoice.insurance_due_cents,
        written_off_cents=invoice.written_off_cents,
    )
    invoice.version += 1


def tell(session: Session, invoice: Invoice) -> None:
    """Tell clinical that an invoice was issued or is void: a note that is billed is amended, never reopened."""
    outbox.add(
        session,
        InvoiceChanged(
            organization_id=invoice.organization_id,
            invoice_id=invoice.id,
            version=invoice.version,
            appointment_id=invoice.appointment_id,
            client_id=invoice.client_id,
            in_force=invoice.number is not None and invoice.voided_on is None,
        ),
    )
    failpoint("invoice.after_outbox")
