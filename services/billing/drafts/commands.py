"""Drafting an invoice for what was documented, and changing it until it is issued."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from services.billing.billed_services.commands import bill_by
from services.billing.billed_services.models import BilledService
from services.billing.billed_services.queries import lock_billed_services
from services.billing.charges.commands import price_line, reprice_line
from services.billing.charges.models import DocumentedService
from services.billing.drafts import rules
from services.billing.drafts.queries import documented_last, last_line
from services.billing.invoices import queries
from services.billing.invoices.models import Amendment, DraftLine, Invoice, InvoiceLine
from shared import audit, clock, logs
from shared.actor import Actor, Caller, ServiceActor
from shared.changes import UNSET, Changes, Unset
from shared.database.session import Session
from shared.errors import Invalid
from shared.failpoints import failpoint
from shared.ids import new_id


@dataclass(frozen=True, slots=True)
class LineChange:
    """Another service for a line of a draft."""

    line_id: UUID
    service_type_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftChanges(Changes):
    """Changes to a draft."""

    memo: str | Unset | None = UNSET
    due_on: date | Unset | None = UNSET
    lines: tuple[LineChange, ...] | Unset = UNSET


def draft_for_documented_appointment(session: Session, actor: ServiceActor, documented: DocumentedService) -> None:
    """Draft an invoice for a signed note, exactly once per appointment and client.

    The version that was seen before, and any lower one, changes nothing. A higher one brings the draft up to
    date, or, once issued, waits as an amendment for a person. Of a session that somebody decided not to bill a
    corrected diagnosis is kept and drafts nothing. Raises `NotFound` for a service that billing does not know.
    """
    billed = lock_billed_services(session, actor, documented.appointment_id, documented.client_id)
    seen = max((one.documented_version for one in billed), default=0)
    current = next((one for one in billed if one.line_id is not None), None)
    if documented.version <= seen:
        logs.get().info("documented_version_ignored", version=documented.version, seen=seen)
    elif current is not None:
        _bring_up_to_date(session, actor, current, documented)
    elif billed and _corrects_diagnoses_alone(session, actor, billed, documented):
        logs.get().info("unbilled_session_corrected", version=documented.version)
    elif (drafted := create_draft(session, actor, documented)) is not None:
        audit.record(session, actor, "draft_invoice", object_id=drafted.id, client_id=drafted.client_id)
        failpoint("billing.after_draft")
    else:
        # Another worker drafted it between our look and our insert: now it is there to be compared with.
        draft_for_documented_appointment(session, actor, documented)


def create_draft(session: Session, actor: Actor, documented: DocumentedService) -> Invoice | None:
    """A new draft with its one line; None when there is a draft for this appointment and client already.

    Raises `AlreadyBilled` when an issued line bills the service, `NotFound` for a service that billing does not know.
    """
    line = DraftLine(organization_id=actor.organization_id, id=new_id(), invoice_id=new_id())
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
            client_due_cents=0,
            insurance_due_cents=0,
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
        bill_by(session, actor, line.id, line)
        session.add(line)
        session.flush()
    return inserted


def update_draft(session: Session, actor: Caller, invoice_id: UUID, changes: DraftChanges) -> Invoice:
    """Merge changes into a draft: memo, due day, the service of a line.

    Raises `NotFound`, `NotADraft`, `Invalid`, `AlreadyBilled`.
    """
    seen = queries.one_invoice(session, actor, invoice_id)
    lock_billed_services(session, actor, seen.appointment_id, seen.client_id)
    invoice = lock_draft(session, actor, invoice_id)
    if not changes.given():
        return invoice
    if changes.memo is not UNSET:
        invoice.memo = changes.memo
    if changes.due_on is not UNSET:
        invoice.due_on = changes.due_on
    asked = () if changes.lines is UNSET else changes.lines
    wanted = {change.line_id: change.service_type_id for change in asked}
    lines = queries.draft_lines(session, actor, invoice.id)
    if unknown := set(wanted) - {line.id for line in lines}:
        index = next(n for n, change in enumerate(asked) if change.line_id in unknown)
        raise Invalid.field(f"lines.{index}.id", "unknown", "This draft has no such line.")
    for line in lines:
        if line.id in wanted or line.rate_cents is None:
            reprice_line(session, actor, line, wanted.get(line.id, line.service_type_id), "lines")
            bill_by(session, actor, line.id, line, former=line.id)
    total(session, actor, invoice)
    audit.describe(session, client_id=invoice.client_id, fields=sorted(changes.given()))
    return invoice


def lock_draft(session: Session, actor: Caller, invoice_id: UUID) -> Invoice:
    """A draft as it is now, locked; of a client that was checked before. Raises `NotADraft`."""
    invoice = queries.lock_invoice(session, actor, invoice_id)
    if invoice.status != "draft":
        raise rules.NotADraft()
    return invoice


def total(session: Session, actor: Actor, invoice: Invoice) -> None:
    """A draft's total is what its lines would charge; nothing of it is due."""
    session.flush()
    lines = queries.draft_lines(session, actor, invoice.id)
    invoice.total_cents = sum(line.charge_cents for line in lines)
    invoice.client_due_cents = invoice.insurance_due_cents = 0
    invoice.version += 1


def _bring_up_to_date(
    session: Session, actor: ServiceActor, billed: BilledService, documented: DocumentedService
) -> None:
    """Apply a higher version to the line that bills the service, whose key is locked."""
    assert billed.line_id is not None
    invoice, line = queries.lock_line(session, actor, billed.line_id)
    if isinstance(line, DraftLine):
        price_line(session, actor, line, documented)
        bill_by(session, actor, line.id, line, former=line.id)
        total(session, actor, invoice)
    else:
        _propose_amendment(session, actor, invoice, line, billed, documented)


def _corrects_diagnoses_alone(
    session: Session, actor: ServiceActor, billed: Sequence[BilledService], documented: DocumentedService
) -> bool:
    """Whether a session that nothing bills took place as was known, but for its diagnoses, which are then kept."""
    line = last_line(session, actor, (documented.appointment_id, documented.client_id))
    if line is None:
        return False
    last = documented_last(session, actor, line, billed)
    same = {name: getattr(last, name) for name in ("version", "diagnosis_codes", "has_signed_plan")}
    if replace(documented, **same) != last:
        return False
    kept = Amendment(
        organization_id=actor.organization_id,
        invoice_id=line.invoice_id,
        line_id=line.id,
        state="withdrawn",
        created_at=clock.now(),
    )
    price_line(session, actor, kept, documented)
    session.add(kept)
    billed[0].documented_version = documented.version
    return True


def _propose_amendment(
    session: Session,
    actor: ServiceActor,
    invoice: Invoice,
    line: InvoiceLine,
    billed: BilledService,
    documented: DocumentedService,
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
        invoice_id=invoice.id,
        line_id=line.id,
        state="pending",
        created_at=clock.now(),
    )
    price_line(session, actor, proposed, documented)
    if pending is None and _bills_the_same(line, proposed):
        # Nothing that is billed changed: remember the version, and leave the invoice alone.
        billed.documented_version = documented.version
        return
    session.add(proposed)
    invoice.version += 1
    audit.record(session, actor, "propose_amendment", object_id=invoice.id, client_id=invoice.client_id)


def _bills_the_same(line: InvoiceLine, proposed: Amendment) -> bool:
    billed = (
        "service_date",
        "code",
        "modifiers",
        "units",
        "charge_cents",
        "client_cents",
        "insurance_cents",
        "diagnosis_codes",
    )
    return not proposed.holds and all(getattr(line, name) == getattr(proposed, name) for name in billed)
