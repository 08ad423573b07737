"""Setting a rate: what may still change is priced by it, what was issued is not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from services.billing.catalogue.models import ServiceRate, ServiceType
from services.billing.catalogue.queries import one_service_type
from services.billing.catalogue.rules import Rate, days_of
from services.billing.charges.commands import price_line
from services.billing.drafts.commands import total
from services.billing.invoices.models import Amendment, DraftLine, Invoice
from services.billing.rates import queries, rules
from shared import audit, clock
from shared.actor import Person
from shared.database.session import Session


def set_rate(session: Session, actor: Person, service_type_id: UUID, rate: Rate) -> ServiceType:
    """Add a rate from a day on, or correct the one that begins on that day; drafts and amendments are priced anew.

    Pricing a line holds the service's row shared: no line is priced by a rate that is being corrected.
    Raises `NotFound`, `RateUsed`.
    """
    service = one_service_type(session, actor, service_type_id, for_update=True)
    there = next((recorded for recorded in service.rates if recorded.effective_from == rate.effective_from), None)
    if there is not None and there.rate_cents == rate.rate_cents:
        return service
    days = days_of([rate.rate for rate in service.rates], rate.effective_from)
    former_cents = there.rate_cents if there else None
    if there is not None:
        there.rate_cents = rate.rate_cents
    else:
        service.rates.append(
            ServiceRate(
                organization_id=actor.organization_id,
                service_type_id=service.id,
                rate_cents=rate.rate_cents,
                effective_from=rate.effective_from,
                created_at=clock.now(),
            )
        )
    service.version += 1
    session.flush()
    session.refresh(service, ["rates"])
    session.keep(service)
    drafts = _in_batches(
        session, service, days, queries.lock_drafts, lambda ids: _price_drafts(session, actor, service, days, ids)
    )
    # Somebody who issued one of them at this moment was waited for: what was issued is seen now.
    if former_cents is not None and queries.is_used(session, service, days, former_cents):
        raise rules.RateUsed()
    _in_batches(
        session, service, days, queries.lock_amended, lambda ids: _price_amendments(session, actor, service, days, ids)
    )
    audit.describe(session, object_id=service.id, corrected=there is not None, drafts=drafts)
    return service


Lock = Callable[[Session, ServiceType, queries.Days, UUID | None], Sequence[Invoice]]


def _in_batches(
    session: Session, service: ServiceType, days: queries.Days, lock: Lock, price: Callable[[Sequence[Invoice]], None]
) -> int:
    """Lock invoices a batch at a time, in the order of their ids, and price each batch; returns how many there were."""
    after, count = None, 0
    while found := lock(session, service, days, after):
        price(found)
        session.flush()
        after, count = found[-1].id, count + len(found)
    return count


def _price_drafts(
    session: Session, actor: Person, service: ServiceType, days: queries.Days, invoices: Sequence[Invoice]
) -> None:
    for line in queries.lines_of(session, DraftLine, service, days, [invoice.id for invoice in invoices]):
        price_line(session, actor, line, line.documented)
    for invoice in invoices:
        total(session, actor, invoice)


def _price_amendments(
    session: Session, actor: Person, service: ServiceType, days: queries.Days, invoices: Sequence[Invoice]
) -> None:
    for line in queries.lines_of(session, Amendment, service, days, [invoice.id for invoice in invoices]):
        price_line(session, actor, line, line.documented)
    for invoice in invoices:
        invoice.version += 1
