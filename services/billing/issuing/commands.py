"""Issuing a draft."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from services.billing.billing_profiles import rules as profiles
from services.billing.billing_profiles.queries import await_profiles, profiles_in_force
from services.billing.charges.commands import reprice_line
from services.billing.charges.models import PRICED_COLUMNS
from services.billing.charges.rules import ensure_issuable
from services.billing.client_accounts.commands import lock_account
from services.billing.copies.models import ClientCopy, OrganizationCopy
from services.billing.copies.queries import organization
from services.billing.drafts.commands import lock_draft
from services.billing.invoices import queries
from services.billing.invoices.commands import refresh_status, tell
from services.billing.invoices.models import Amendment, DraftLine, Invoice, InvoiceLine
from services.billing.invoices.rules import PAYMENT_TERM_DAYS
from services.billing.issuing import rules
from services.billing.issuing.models import InvoiceCounter
from services.billing.ledger import commands as journal
from services.billing.ledger.rules import AR_CLIENT, AR_PAYER, REVENUE, Leg
from shared import audit, clock
from shared.actor import Caller
from shared.database.session import Session
from shared.database.together import read_together


def issue_invoice(
    session: Session, actor: Caller, invoice_id: UUID, issue: rules.Issue
) -> tuple[Invoice, list[InvoiceLine]]:
    """Give a draft its number, freeze its lines and post what is charged; returns it with its lines.

    Raises `NotFound`, `NotADraft`, `Held`, `OverrideNotAllowed`.
    """
    seen = queries.one_invoice(session, actor, invoice_id)
    client = (actor.organization_id, seen.client_id)
    read_together(session, {OrganizationCopy: actor.organization_id, ClientCopy: client})
    practice = organization(session, actor)
    biller = profiles.organization(actor.organization_id)
    await_profiles(session, actor, {biller, *queries.subjects_of(session, actor, DraftLine, seen.id)})
    account = lock_account(session, actor, seen.client_id)
    invoice = lock_draft(session, actor, invoice_id)
    lines = queries.draft_lines(session, actor, invoice.id)
    for line in lines:
        if line.rate_cents is None:
            reprice_line(session, actor, line, line.service_type_id, "lines")
    holds = [(line.id, hold) for line in lines for hold in line.reasons]
    ensure_issuable(
        holds,
        [line.charge_cents for line in lines],
        override_reason=issue.override_reason,
        may_override=actor.may("invoices:override_hold"),
    )
    if holds:
        invoice.override_reason, invoice.overridden_by = issue.override_reason, actor.actor_id
        invoice.overridden_at = clock.now()
    today = clock.today(practice.time_zone)
    printed = profiles_in_force(session, actor, {(biller, today), *printed_on(lines)})
    issued = [freeze(line, line.id, printed) for line in lines]
    session.add_all(issued)
    session.flush()
    # From here on everybody who issues for this practice waits for this transaction: nothing more is looked up.
    number = rules.number(practice.invoice_prefix, today.year, _next_n(session, actor, today.year))
    invoice.number, invoice.issued_on = number, today
    invoice.due_on = invoice.due_on or today + timedelta(days=PAYMENT_TERM_DAYS)
    invoice.biller = printed.get((biller, today))
    with session.no_autoflush:  # the invoice is written once, with its status
        journal.post(
            session,
            actor,
            account,
            key=f"invoice:{invoice.id}:issue",
            kind="charge",
            on=today,
            legs=[leg for line in issued for leg in charge_legs(line)],
            description=f"Invoice {number}",
        )
        refresh_status(session, actor, invoice, issued)
    tell(session, invoice)
    audit.describe(session, client_id=invoice.client_id, held=[hold.code for _, hold in holds], overridden=bool(holds))
    return invoice, issued


Printed = Mapping[tuple[profiles.Subject, date], dict[str, Any]]


def printed_on(lines: Iterable[DraftLine | Amendment]) -> set[tuple[profiles.Subject, date]]:
    """Whose profiles these lines print, each with the date of service: the rendering clinician's and the place's."""
    subjects = {(line, subject) for line in lines for subject in _subjects(line)}
    return {(subject, line.service_date) for line, subject in subjects if subject is not None}


def freeze(
    line: DraftLine | Amendment, line_id: UUID, printed: Printed, *, supersedes: UUID | None = None
) -> InvoiceLine:
    """The immutable line that a priced one is issued as, with who and where as `printed` on its date of service."""
    rendering, place = _subjects(line)
    return InvoiceLine(
        organization_id=line.organization_id,
        id=line_id,
        invoice_id=line.invoice_id,
        supersedes_line_id=supersedes,
        rendering=printed.get((rendering, line.service_date)),
        place=printed.get((place, line.service_date)) if place else None,
        **{name: getattr(line, name) for name in PRICED_COLUMNS},
    )


def _subjects(line: DraftLine | Amendment) -> tuple[profiles.Subject, profiles.Subject | None]:
    return profiles.staff(line.rendering_staff_id), profiles.location(line.location_id)


def charge_legs(line: InvoiceLine) -> list[Leg]:
    """What a line charges: to the client, to the first insurer, as revenue of its kind."""
    amounts = (
        (AR_CLIENT, line.client_cents),
        (f"{AR_PAYER}1", line.insurance_cents),
        (REVENUE[line.kind], -line.charge_cents),
    )
    return [Leg(account, cents, invoice_id=line.invoice_id, line_id=line.id) for account, cents in amounts if cents]


def _next_n(session: Session, actor: Caller, year: int) -> int:
    statement = insert(InvoiceCounter).values(organization_id=actor.organization_id, year=year, last_n=1)
    return session.execute(
        statement.on_conflict_do_update(
            index_elements=["organization_id", "year"], set_={"last_n": InvoiceCounter.last_n + 1}
        ).returning(InvoiceCounter.last_n)
    ).scalar_one()
