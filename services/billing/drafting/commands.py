"""Drafting invoices for what was documented: many at once, each exactly once.

What was never billed, as nearly everything that comes, takes two round trips however many there are: one for what is
read ahead, one for what goes out with COMMIT.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Final
from uuid import UUID

from sqlalchemy import select

from services.billing.billed_services.commands import bill_instead, rows_of
from services.billing.billed_services.models import BilledService
from services.billing.billed_services.queries import lock_billed_services_of, locking_reads
from services.billing.billed_services.rules import AlreadyBilled
from services.billing.charges.commands import price_line
from services.billing.charges.models import DocumentedService
from services.billing.charges.queries import PriceList, price_reads
from services.billing.drafting.new_drafts import create_drafts, draft_rows, invoices_of
from services.billing.drafts.commands import total
from services.billing.drafts.queries import Key, documented_last, last_line
from services.billing.invoices import queries
from services.billing.invoices.models import Amendment, DraftLine, Invoice, InvoiceLine
from shared import audit, clock, logs
from shared.actor import ServiceActor
from shared.database.connection import Statement
from shared.database.many_rows import insert_together
from shared.database.session import Row, Session
from shared.failpoints import failpoint

_PRICE: Final = ("code", "modifiers", "units", "charge_cents", "client_cents", "insurance_cents")
# What neither an invoice nor a claim says. Of the service they say what is in `_PRICE`.
_SAID_NOWHERE: Final = frozenset(
    {"version", "case_id", "note_id", "has_signed_plan", "service_type_id", "documented_service_type_id"}
)
# What lines of an early release do not know: to learn it changes nothing.
_ONCE_UNKNOWN: Final = frozenset({"started_at", "stopped_at", "place_of_service", "telehealth"})


@dataclass(frozen=True, slots=True)
class Documentation:
    """A signed note as it arrived. `correlation_id`: what its signing is called in logs and audit trail."""

    documented: DocumentedService
    correlation_id: str | None

    @property
    def key(self) -> Key:
        """Whose share in which appointment it documents."""
        return self.documented.appointment_id, self.documented.client_id


def drafting_reads(organization_id: UUID, arrived: Iterable[Documentation]) -> list[Statement]:
    """What `draft_documented` has to have read, and locked, in this order."""
    notes = list(arrived)
    return [
        *locking_reads(organization_id, [note.key for note in notes]),
        *price_reads(organization_id, [note.documented.service_type_id for note in notes]),
    ]


def draft_documented(
    session: Session, actor: ServiceActor, arrived: Iterable[Documentation], found: Sequence[Sequence[Row]]
) -> None:
    """Draft invoices for signed notes, exactly once per appointment and client.

    `found`: what `drafting_reads` found. The version that was seen before, and any lower one, changes nothing. A higher
    one brings the draft up to date, or, once issued, waits as an amendment for a person. Of a session that somebody
    decided not to bill a corrected diagnosis is kept and drafts nothing. Raises `NotFound` for a service that billing
    does not know.
    """
    first, *later = _without_repeated_keys(arrived)
    _draft_together(session, actor, first, found)
    for together in later:
        _draft_together(session, actor, together, session.ask(*drafting_reads(actor.organization_id, together)))


def _without_repeated_keys(arrived: Iterable[Documentation]) -> Iterator[list[Documentation]]:
    """In their order; of several versions of one appointment and client, each in a list of its own."""
    left = list(arrived)
    while left:
        first = {each.key: each for each in reversed(left)}
        yield list(first.values())
        left = [each for each in left if first[each.key] is not each]


def _draft_together(
    session: Session, actor: ServiceActor, arrived: Sequence[Documentation], found: Sequence[Sequence[Row]]
) -> None:
    _, billed, *catalogue = found
    known = {(appointment_id, client_id) for appointment_id, client_id in billed}
    _draft_known(session, actor, [each for each in arrived if each.key in known])
    _draft_new(
        session, actor, [each for each in arrived if each.key not in known], PriceList(session, actor, catalogue)
    )
    failpoint("billing.after_draft")


def _draft_new(session: Session, actor: ServiceActor, arrived: Sequence[Documentation], prices: PriceList) -> None:
    """Draft what was never billed: nobody waits for what is written, so that it goes out with COMMIT.

    It is under its turn, so nobody drafts it meanwhile. Should somebody have, keys refuse that, and all is tried alone.
    """
    invoices, lines = draft_rows(actor, prices, [each.documented for each in arrived])
    rows = {Invoice.__tablename__: invoices, BilledService.__tablename__: rows_of(lines)}
    insert_together(session, {**rows, DraftLine.__tablename__: lines})
    _record(session, actor, arrived, invoices_of(lines))


def _draft_known(session: Session, actor: ServiceActor, arrived: Sequence[Documentation]) -> None:
    """The same of what was billed before, one by one; raises `AlreadyBilled` where a draft is in the way."""
    if not arrived:
        return
    billed = lock_billed_services_of(session, actor, [each.key for each in arrived])
    wanted = []
    for each in arrived:
        with logs.correlated(correlation=each.correlation_id):
            if not _is_settled(session, actor, billed.get(each.key, ()), each.documented):
                wanted.append(each)
    drafted = create_drafts(session, actor, [each.documented for each in wanted])
    if len(drafted) < len(wanted):
        raise AlreadyBilled()
    _record(session, actor, wanted, drafted)


def _record(
    session: Session, actor: ServiceActor, arrived: Iterable[Documentation], drafted: Mapping[Key, UUID]
) -> None:
    happened = [audit.Happened(drafted[each.key], each.key[1], each.correlation_id) for each in arrived]
    audit.record_each(session, actor, "draft_invoice", happened)


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
