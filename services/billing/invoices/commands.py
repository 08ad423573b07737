"""Drafting, changing and issuing invoices."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from services.billing.accounts import rules as accounts_rules
from services.billing.accounts.queries import await_profiles, organization, printed_on
from services.billing.catalogue import queries as catalogue
from services.billing.catalogue import rules as catalogue_rules
from services.billing.catalogue.models import ServiceType
from services.billing.invoices import queries, rules
from services.billing.invoices.models import (
    PRICED_COLUMNS,
    Amendment,
    DraftLine,
    Invoice,
    InvoiceCounter,
    InvoiceLine,
)
from services.billing.ledger import commands as journal
from services.billing.ledger import queries as ledger
from services.billing.ledger import rules as ledger_rules
from shared import audit, clock, logs
from shared.actor import Actor
from shared.database.session import Session
from shared.errors import Invalid, NotFound, Stale
from shared.failpoints import failpoint
from shared.ids import new_id


def draft_for_documented_appointment(session: Session, actor: Actor, documented: rules.Documented) -> None:
    """Draft an invoice for a signed note, exactly once per appointment and client.

    The version that was seen before, and any lower one, changes nothing. A higher one brings the draft up to
    date, or, once issued, waits as an amendment for a person. Raises `NotFound` for a service that billing
    does not know.
    """
    last, found = _lock_last_line(session, actor, documented)
    if last is not None and last.documented_version >= documented.version:
        logs.get().info("documented_version_ignored", version=documented.version, seen=last.documented_version)
    elif last is None or found is None:
        drafted = create_draft(session, actor, documented)
        if drafted is None:
            # Another worker drafted it between our look and our insert: now it is there to be compared with.
            draft_for_documented_appointment(session, actor, documented)
            return
        audit.record(session, actor, "draft_invoice", object_id=drafted.id, client_id=drafted.client_id)
        failpoint("billing.after_draft")
    elif found.status == "draft":
        price_line(session, actor, last, documented)
        _total(session, actor, found)
    else:
        _propose_amendment(session, actor, found, last, documented)


def create_draft(session: Session, actor: Actor, documented: rules.Documented) -> Invoice | None:
    """A new draft with its one line; None when there is a draft for this appointment and client already."""
    line = DraftLine(organization_id=actor.organization_id, invoice_id=new_id())
    price_line(session, actor, line, documented)
    inserted = session.execute(
        insert(Invoice)
        .values(
            organization_id=actor.organization_id,
            id=line.invoice_id,
            client_id=documented.client_id,
            appointment_id=documented.appointment_id,
            status="draft",
            total_cents=line.charge_cents,
            client_due_cents=line.client_cents,
            insurance_due_cents=line.insurance_cents,
            version=1,
            created_at=clock.now(),
        )
        .on_conflict_do_nothing(
            index_elements=["organization_id", "appointment_id", "client_id"],
            # Written out: as a parameter, a generic plan could not tell that the index fits.
            index_where=text("status = 'draft'"),
        )
        .returning(Invoice)
    ).scalar_one_or_none()
    if inserted is not None:
        session.add(line)
        session.flush()
    return inserted


def update_draft(
    session: Session, actor: Actor, invoice_id: UUID, changes: dict[str, Any], if_match: int | None
) -> Invoice:
    """Merge changes into a draft: memo, due day, the service of a line.

    Raises `NotFound`, `NotADraft`, `Stale`, `Invalid`.
    """
    found = lock_draft(session, actor, invoice_id, if_match)
    for name in ("memo", "due_on"):
        if name in changes:
            setattr(found, name, changes[name])
    wanted = {change["id"]: change["service_type_id"] for change in changes.get("lines", ())}
    lines = queries.draft_lines(session, actor, found.id)
    if unknown := set(wanted) - {line.id for line in lines}:
        index = next(n for n, change in enumerate(changes["lines"]) if change["id"] in unknown)
        raise Invalid.field(f"lines.{index}.id", "unknown", "This draft has no such line.")
    for line in lines:
        if line.id in wanted or _lacks_rate(line):
            _reprice(session, actor, line, wanted.get(line.id, line.service_type_id))
    _total(session, actor, found)
    audit.describe(session, client_id=found.client_id, fields=sorted(changes))
    return found


def issue_invoice(
    session: Session, actor: Actor, invoice_id: UUID, *, override_reason: str | None, if_match: int | None
) -> Invoice:
    """Give a draft its number, freeze its lines and post what is charged.

    Raises `NotFound`, `NotADraft`, `Stale`, `Held`, `OverrideNotAllowed`.
    """
    seen = queries.invoice(session, actor, invoice_id)
    practice = organization(session, actor)
    biller = accounts_rules.organization(actor.organization_id)
    await_profiles(session, actor, {biller, *queries.subjects_of(session, actor, DraftLine, seen.id)})
    account = journal.lock_account(session, actor, seen.client_id)
    found = lock_draft(session, actor, invoice_id, if_match)
    lines = queries.draft_lines(session, actor, found.id)
    for line in lines:
        if _lacks_rate(line):
            _reprice(session, actor, line, line.service_type_id)
    holds = [hold for line in lines for hold in line.reasons]
    rules.ensure_issuable(
        holds,
        [line.charge_cents for line in lines],
        override_reason=override_reason,
        may_override=actor.may("invoices:override_hold"),
    )
    if holds:
        found.override_reason, found.overridden_by = override_reason, actor.staff_id
    today = clock.today(practice.time_zone)
    number = rules.number(practice.invoice_prefix, today.year, _next_n(session, actor, today.year))
    found.number, found.issued_on = number, today
    found.biller = printed_on(session, actor, biller, today)
    found.due_on = found.due_on or today + timedelta(days=rules.PAYMENT_TERM_DAYS)
    issued = [freeze(session, actor, line, line.id) for line in lines]
    session.add_all(issued)
    journal.post(
        session,
        actor,
        account,
        key=f"invoice:{found.id}:issue",
        kind="charge",
        on=today,
        legs=[leg for line in issued for leg in charge_legs(line)],
        description=f"Invoice {found.number}",
    )
    refresh_status(session, actor, found)
    audit.describe(session, client_id=found.client_id, held=[hold.code for hold in holds])
    return found


def lock_draft(session: Session, actor: Actor, invoice_id: UUID, if_match: int | None) -> Invoice:
    """A draft the actor may see, locked. Raises `NotFound`, `Stale`, `NotADraft`."""
    found = queries.lock_invoice(session, actor, queries.invoice(session, actor, invoice_id).id)
    if if_match is not None and if_match != found.version:
        raise Stale()
    if found.status != "draft":
        raise rules.NotADraft()
    return found


def refresh_status(session: Session, actor: Actor, found: Invoice) -> None:
    """Bring the stored status and dues of an issued invoice in line with its postings."""
    session.flush()
    due = ledger.totals_of_invoice(session, actor, found.id)
    lines = queries.lines_in_force(session, actor, [found.id])
    found.total_cents = sum(line.charge_cents for line in lines)
    found.client_due_cents = due.receivable_cents
    found.insurance_due_cents = due.insurance_due_cents
    found.status = rules.status_of(
        issued=True,
        voided=found.voided_on is not None,
        charged_cents=found.total_cents,
        client_due_cents=found.client_due_cents,
        insurance_due_cents=found.insurance_due_cents,
    )
    found.version += 1


def charge_legs(line: InvoiceLine) -> list[ledger_rules.Leg]:
    """What a line charges: to the client, to the first insurer, as revenue of its kind."""
    amounts = (
        (ledger_rules.AR_CLIENT, line.client_cents),
        (f"{ledger_rules.AR_PAYER}1", line.insurance_cents),
        (ledger_rules.REVENUE[line.kind], -line.charge_cents),
    )
    return [
        ledger_rules.Leg(account, cents, invoice_id=line.invoice_id, line_id=line.id)
        for account, cents in amounts
        if cents
    ]


def price_line(session: Session, actor: Actor, line: DraftLine | Amendment, documented: rules.Documented) -> None:
    """Write what was documented, and its price at the date of service, onto a line that may still change.

    Raises `NotFound` for a service that billing does not know.
    """
    service = catalogue.service_to_price_with(session, actor, documented.service_type_id)
    facts = asdict(documented)
    line.documented_version = facts.pop("version")
    line.diagnosis_codes = list(facts.pop("diagnosis_codes"))
    for name, value in facts.items():
        setattr(line, name, value)
    line.kind, line.code, line.description = service.kind, service.code, service.name
    line.modifiers = list(service.modifiers)
    price = _price(session, actor, service, documented)
    line.units, line.rate_cents, line.charge_cents = price.units, price.rate_cents, price.charge_cents
    line.client_cents, line.insurance_cents = price.client_cents, price.insurance_cents
    line.holds = [asdict(hold) for hold in price.holds]


def freeze(
    session: Session, actor: Actor, line: DraftLine | Amendment, line_id: UUID, *, supersedes: UUID | None = None
) -> InvoiceLine:
    """The immutable line that a priced one is issued as, with who and where as printed on its date of service."""
    rendering, place = accounts_rules.staff(line.rendering_staff_id), accounts_rules.location(line.location_id)
    return InvoiceLine(
        organization_id=line.organization_id,
        id=line_id,
        invoice_id=line.invoice_id,
        supersedes_line_id=supersedes,
        rendering=printed_on(session, actor, rendering, line.service_date),
        place=printed_on(session, actor, place, line.service_date),
        **{name: getattr(line, name) for name in PRICED_COLUMNS},
    )


def _price(session: Session, actor: Actor, service: ServiceType, documented: rules.Documented) -> rules.Price:
    minutes = documented.minutes
    units = catalogue_rules.units_for(service.unit, minutes)
    fit = catalogue_rules.minutes_fit(minutes, service.note_minutes_min, service.note_minutes_max)
    return rules.price(
        code=service.code,
        rate_cents=catalogue_rules.rate_on([rate.rate for rate in service.rates], documented.service_date),
        units=units,
        minutes=minutes,
        minutes_fit=fit,
        codes_that_fit=[] if fit else catalogue.codes_that_fit(session, actor, minutes, other_than=service.id),
    )


def _reprice(session: Session, actor: Actor, line: DraftLine, service_type_id: UUID) -> None:
    """Price a line anew, as of its date of service; raises `Invalid` for an unknown service."""
    try:
        price_line(session, actor, line, replace(line.documented, service_type_id=service_type_id))
    except NotFound as error:
        raise Invalid.field("lines", "unknown", "There is no such service.") from error


def _lacks_rate(line: DraftLine) -> bool:
    return line.rate_cents is None


def _total(session: Session, actor: Actor, found: Invoice) -> None:
    """A draft's dues are what its lines would charge."""
    session.flush()
    lines = queries.draft_lines(session, actor, found.id)
    found.total_cents = sum(line.charge_cents for line in lines)
    found.client_due_cents = sum(line.client_cents for line in lines)
    found.insurance_due_cents = sum(line.insurance_cents for line in lines)
    found.version += 1


def _lock_last_line(
    session: Session, actor: Actor, documented: rules.Documented
) -> tuple[DraftLine | None, Invoice | None]:
    """The line of this appointment and client, with its invoice locked; without one if the line is not live.

    The live line, else the one that was seen last. It is read again under the lock: whoever held the lock
    before us may have brought a higher version, or voided the invoice and drafted another.
    """
    statement = (
        select(DraftLine)
        .where(
            DraftLine.organization_id == actor.organization_id,
            DraftLine.appointment_id == documented.appointment_id,
            DraftLine.client_id == documented.client_id,
        )
        .order_by(DraftLine.live.desc(), DraftLine.documented_version.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )
    last = session.scalar(statement)
    while last is not None and last.live:
        found = queries.lock_invoice(session, actor, last.invoice_id)
        last = session.scalar(statement)
        if last is not None and last.live and last.invoice_id == found.id:
            return last, found
    return last, None


def _propose_amendment(
    session: Session, actor: Actor, found: Invoice, line: DraftLine, documented: rules.Documented
) -> None:
    """Keep what a note's new version would change about an issued line, until a person accepts it."""
    pending = session.scalar(
        select(Amendment).where(
            Amendment.organization_id == actor.organization_id,
            Amendment.line_id == line.id,
            Amendment.state == "pending",
        )
    )
    if pending is not None and pending.documented_version >= documented.version:
        return
    proposed = pending or Amendment(
        organization_id=actor.organization_id,
        invoice_id=found.id,
        line_id=line.id,
        state="pending",
        created_at=clock.now(),
    )
    price_line(session, actor, proposed, documented)
    if pending is None and _bills_the_same(line, proposed):
        # Nothing that is billed changed: remember the version, and leave the invoice alone.
        line.documented_version, line.note_id = documented.version, documented.note_id
        return
    session.add(proposed)
    found.version += 1
    audit.record(session, actor, "propose_amendment", object_id=found.id, client_id=found.client_id)


def _bills_the_same(line: DraftLine, proposed: Amendment) -> bool:
    billed = ("service_date", "code", "modifiers", "units", "charge_cents", "client_cents", "insurance_cents")
    return not proposed.holds and all(getattr(line, name) == getattr(proposed, name) for name in billed)


def _next_n(session: Session, actor: Actor, year: int) -> int:
    statement = insert(InvoiceCounter).values(organization_id=actor.organization_id, year=year, last_n=1)
    return session.execute(
        statement.on_conflict_do_update(
            index_elements=["organization_id", "year"], set_={"last_n": InvoiceCounter.last_n + 1}
        ).returning(InvoiceCounter.last_n)
    ).scalar_one()
