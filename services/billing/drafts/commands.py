"""Drafting an invoice for what was documented, and changing it until it is issued."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from services.billing.charges.commands import price_line, reprice_line
from services.billing.charges.rules import Documented
from services.billing.drafts import rules
from services.billing.invoices import queries
from services.billing.invoices.models import Amendment, DraftLine, Invoice
from shared import audit, clock, logs
from shared.actor import Actor
from shared.database.session import Session
from shared.errors import Invalid, Stale
from shared.failpoints import failpoint
from shared.ids import new_id


def draft_for_documented_appointment(session: Session, actor: Actor, documented: Documented) -> None:
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


def create_draft(session: Session, actor: Actor, documented: Documented) -> Invoice | None:
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
        if line.id in wanted or line.rate_cents is None:
            reprice_line(session, actor, line, wanted.get(line.id, line.service_type_id), "lines")
    _total(session, actor, found)
    audit.describe(session, client_id=found.client_id, fields=sorted(changes))
    return found


def lock_draft(session: Session, actor: Actor, invoice_id: UUID, if_match: int | None) -> Invoice:
    """A draft the actor may see, locked. Raises `NotFound`, `Stale`, `NotADraft`."""
    found = queries.lock_invoice(session, actor, queries.invoice(session, actor, invoice_id).id)
    if if_match is not None and if_match != found.version:
        raise Stale()
    if found.status != "draft":
        raise rules.NotADraft()
    return found


def _total(session: Session, actor: Actor, found: Invoice) -> None:
    """A draft's dues are what its lines would charge."""
    session.flush()
    lines = queries.draft_lines(session, actor, found.id)
    found.total_cents = sum(line.charge_cents for line in lines)
    found.client_due_cents = sum(line.client_cents for line in lines)
    found.insurance_due_cents = sum(line.insurance_cents for line in lines)
    found.version += 1


def _lock_last_line(session: Session, actor: Actor, documented: Documented) -> tuple[DraftLine | None, Invoice | None]:
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


def _propose_amendment(session: Session, actor: Actor, found: Invoice, line: DraftLine, documented: Documented) -> None:
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
