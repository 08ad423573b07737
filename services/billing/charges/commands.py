"""Pricing what was documented onto a line that may still change."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from services.billing.catalogue.rules import rate_on
from services.billing.charges import rules
from services.billing.charges.models import DocumentedService, OpenLine
from services.billing.charges.queries import PricedAs, PriceList
from shared.actor import Actor, Caller
from shared.database.session import Session
from shared.errors import Invalid, NotFound


def price_line(session: Session, actor: Actor, line: OpenLine, documented: DocumentedService) -> None:
    """Write what was documented, and its price at the date of service, onto a line that may still change.

    Raises `NotFound` for a service that billing does not know.
    """
    line.documented = documented
    for column, value in _priced(PriceList(session, actor), documented).items():
        setattr(line, column, value)


def priced_columns(prices: PriceList, documented: DocumentedService) -> dict[str, Any]:
    """The columns of a line that may still change, as `price_line` writes them. Raises `NotFound`."""
    return {**documented.columns(), **_priced(prices, documented)}


def reprice_line(session: Session, actor: Caller, line: OpenLine, service_type_id: UUID, field: str) -> None:
    """Price a line as another service, at its date of service; raises `Invalid` naming `field` for an unknown one."""
    try:
        price_line(session, actor, line, replace(line.documented, service_type_id=service_type_id))
    except NotFound as error:
        raise Invalid.field(field, "unknown", "There is no such service.") from error


def _priced(prices: PriceList, documented: DocumentedService) -> dict[str, Any]:
    service = prices.service(documented.service_type_id)
    price = _price(prices, service, documented)
    return {
        "kind": service.kind,
        "code": service.code,
        "modifiers": list(service.modifiers),
        "description": service.name,
        "units": price.units,
        "rate_cents": price.rate_cents,
        "charge_cents": price.charge_cents,
        "client_cents": price.client_cents,
        "insurance_cents": price.insurance_cents,
        "holds": [{"code": hold.code, "detail": hold.detail} for hold in price.holds],
    }


def _price(prices: PriceList, service: PricedAs, documented: DocumentedService) -> rules.Price:
    minutes = documented.minutes
    fit = rules.minutes_fit(minutes, service.note_minutes_min, service.note_minutes_max)
    others = [] if fit else [other for other in prices.that_fit(minutes) if other.id != service.id]
    noted = _held_for(prices, service, documented)
    return rules.price(
        code=service.code,
        rate_cents=rate_on(service.rates, documented.service_date),
        units=rules.units_for(service.unit, minutes),
        minutes=minutes,
        minutes_fit=fit,
        codes_that_fit=sorted({other.code for other in others}),
        diagnosis_codes=documented.diagnosis_codes,
        has_signed_plan=documented.has_signed_plan,
        held_for=f"{noted.code} {noted.name}" if noted else None,
    )


def _held_for(prices: PriceList, service: PricedAs, documented: DocumentedService) -> PricedAs | None:
    """The service that the note documents, where `service` is billed instead and that is not for billing to decide."""
    noted_id = documented.documented_service_type_id
    if noted_id is None or noted_id == service.id:
        return None
    noted = prices.service(noted_id)
    if _fits(noted, documented.minutes):
        return noted
    fitting = sorted(each.id for each in prices.that_fit(documented.minutes))
    cents = {fits: _cents(prices.service(fits), documented) or 0 for fits in fitting}
    free = service.id in cents and rules.may_stand_in(cents[service.id], _cents(noted, documented), cents.values())
    return None if free else noted


def _fits(service: PricedAs, minutes: int) -> bool:
    within = rules.minutes_fit(minutes, service.note_minutes_min, service.note_minutes_max)
    return within and rules.units_for(service.unit, minutes) > 0


def _cents(service: PricedAs, documented: DocumentedService) -> int | None:
    rate_cents = rate_on(service.rates, documented.service_date)
    return None if rate_cents is None else max(rules.units_for(service.unit, documented.minutes), 0) * rate_cents
