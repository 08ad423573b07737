"""Drafting invoices for what was documented: many at once, each exactly once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Final
from uuid import UUID

from sqlalchemy import select

from services.billing.billed_services.commands import bill_first, bill_instead
from services.billing.billed_services.models import BilledService
from services.billing.billed_services.queries import lock_billed_services_of
from services.billing.charges.commands import price_line, priced_columns
from services.billing.charges.models import DocumentedService
from services.billing.charges.queries import PriceList
from services.billing.drafts.commands import total
from services.billing.drafts.queries import Key, documented_last, last_line
from services.billing.invoices import queries
from services.billing.invoices.models import Amendment, DraftLine, Invoice, InvoiceLine
from shared import audit, clock, logs
from shared.actor import Actor, ServiceActor
from shared.database.many_rows import insert_rows
from shared.database.session import Session
from shared.failpoints import failpoint
from shared.ids import new_id

_PRICE: Final = ("code", "modifiers", "units", "charge_cents", "client_cents", "insurance_cents")
# What neither an invoice nor a claim says. Of the service they say what is in `_PRICE`.
_SAID_NOWHERE: Final = frozenset(
    {"version", "case_id", "note_id", "has_signed_plan", "service_type_id", "documented_service_type_id"}
)
# What lines of an early release do not know: to learn it changes nothing.
_ONCE_UNKNOWN: Final = frozenset({"started_at", "stopped_at", "place_of_service", "telehealth"})
# The condition is written out: as a parameter, a generic plan could not tell that the index fits.
_UNLESS_DRAFTED: Final = "(organization_id, appointment_id, client_id) WHERE status = 'draft' DO NOTHING"


@dataclass(frozen=True, slots=True)
class Documentation:
    """A signed note as it arrived. `correlation_id`: what its signing is called in logs and audit trail."""

    documented: DocumentedService
    correlation_id: str | None

    @property
    def key(self) -> Key:
        """Whose share in which appointment it documents."""
        return self.documented.appointment_id, self.documented.client_id


def draft_documented(session: Session, actor: ServiceActor, arrived: Iterable[Documentation]) -> None:
    """Draft invoices for signed notes, exactly once per appointment and client.

    The version that was seen before, and any lower one, changes nothing. A higher one brings the draft up to
    date, or, once issued, waits as an amendment for a person. Of a session that somebody decided not to bill a
    corrected diagnosis is kept and drafts nothing. Raises `NotFound` for a service that billing does not know.
    """
    for together in _without_repeated_keys(arrived):
        _draft_together(session, actor, together)


def create_draft(session: Session, actor: Actor, documented: DocumentedService) -> Invoice | None:
    """A new draft with its one line; None when there is a draft for this appointment and client already.

    `documented` stood on an earlier line. What that billed counts as documented where nothing else is known.
    Raises `AlreadyBilled` when an issued line bills the service, `NotFound` for a service that billing does not know.
    """
    known = replace(documented, documented_service_type_id=documented.noted_service_type_id)
    for invoice_id in _create_drafts(session, actor, [known]).values():
        return session.get_one(Invoice, (actor.organization_id, invoice_id))
    return None


def _without_repeated_keys(arrived: Iterable[Documentation]) -> Iterator[list[Documentation]]:
    """In their order; of several versions of one appointment and client, each in a list of its own."""
    left = list(arrived)
    while left:
        first = {each.key: each for each in reversed(left)}
        yield list(first.values())
        left = [each for each in left if first[each.key] is not each]


def _draft_together(session: Session, actor: ServiceActor, arrived: Sequence[Documentation]) -> None:
    billed = lock_billed_services_of(session, actor, [each.key for each in arrived])
    wanted = {}
    for each in arrived:
        with logs.correlated(correlation=each.correlation_id):
            if not _is_settled(session, actor, billed.get(each.key, ()), each.documented):
                wanted[each.key] = each
    drafted = _create_drafts(session, actor, [each.documented for each in wanted.values()])
    audit.record_each(
        session,
        actor,
        "draft_invoice",
        [audit.Happened(drafted[key], key[1], wanted[key].correlation_id) for key in drafted],
    )
    failpoint("billing.after_draft")
    if lost := [each for key, each in wanted.items() if key not in drafted]:
        # Another worker drafted these between our look and our insert: now they are there to be compared with.
        _draft_together(session, actor, lost)


def _is_settled(
    session: Session, actor: ServiceActor, billed: Sequence[BilledService], documented: DocumentedService
) -> bool:
    """Do what a documented service needs of which `billed` is known; False where that is a new draft."""
    seen = max((known.documented_version for known in billed), default=0)
    current = next((known for known in billed if known.line_id is not None), None)
    if documented.version <= seen:
        logs.get().info("documented_version_ignored", version=documented.version, seen=seen)
    elif current is not None:
        _bring_up_to_date(session, actor, current, documented)
    elif billed and _corrects_diagnoses_alone(session, actor, billed, documented):
        logs.get().info("unbilled_session_corrected", version=documented.version)
    else:
        return False
    return True


def _create_drafts(session: Session, actor: Actor, documented: Iterable[DocumentedService]) -> dict[Key, UUID]:
    """New drafts with a line each, in three statements; returns the ids of those for whose key there was none."""
    prices = PriceList(session, actor)
    # In one order for everybody: of two transactions that draft the same, one waits for the other.
    ordered = sorted(documented, key=lambda each: (each.appointment_id, each.client_id))
    lines = [
        {
            "organization_id": actor.organization_id,
            "id": new_id(),
            "invoice_id": new_id(),
            **priced_columns(prices, each),
        }
        for each in ordered
    ]
    now = clock.now()
    invoices = [
        {
            "organization_id": actor.organization_id,
            "id": line["invoice_id"],
            "client_id": line["client_id"],
            "appointment_id": line["appointment_id"],
            "status": "draft",
            "total_cents": line["charge_cents"],
            "client_due_cents": 0,
            "insurance_due_cents": 0,
            "version": 1,
            "created_at": now,
        }
        for line in lines
    ]
    rows = insert_rows(session, Invoice.__tablename__, invoices, on_conflict=_UNLESS_DRAFTED, returning="id")
    inserted = {row.id for row in rows}
    lines = [line for line in lines if line["invoice_id"] in inserted]
    bill_first(session, lines)
    insert_rows(session, DraftLine.__tablename__, lines)
    return {(line["appointment_id"], line["client_id"]): line["invoice_id"] for line in lines}


def _bring_up_to_date(
    session: Session, actor: ServiceActor, billed: BilledService, documented: DocumentedService
) -> None:
    """Apply a higher version to the line that bills the service, whose key is locked."""
    assert billed.line_id is not None
    invoice, line = queries.lock_line(session, actor, billed.line_id)
    if isinstance(line, DraftLine):
        price_line(session, actor, line, documented)
        bill_instead(session, actor, line.id, line.id, line)
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
    noted = last.noted_service_type_id  # another one that was billed is not what took place
    last = replace(last, service_type_id=noted, documented_service_type_id=noted)
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
    """Whether an amendment leaves the price and all that an invoice or a claim says of the session as they are."""
    known = line.documented
    kept = {
        fact.name: getattr(known, fact.name)
        for fact in fields(DocumentedService)
        if fact.name in _SAID_NOWHERE or (fact.name in _ONCE_UNKNOWN and getattr(known, fact.name) is None)
    }
    priced_alike = all(getattr(line, name) == getattr(proposed, name) for name in _PRICE)
    return not proposed.holds and priced_alike and replace(proposed.documented, **kept) == known
