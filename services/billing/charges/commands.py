"""Pricing what was documented onto a line that may still change."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from services.billing.catalogue.models import ServiceType
from services.billing.catalogue.rules import rate_on
from services.billing.charges import rules
from services.billing.charges.models import DocumentedService, OpenLine
from services.billing.charges.queries import PriceList
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


def _price(prices: PriceList, service: ServiceType, documented: DocumentedService) -> rules.Price:
    minutes = documented.minutes
    fit = rules.minutes_fit(minutes, service.note_minutes_min, service.note_minutes_max)
    return rules.price(
        code=service.code,
        rate_cents=rate_on([rate.rate for rate in service.rates], documented.service_date),
        units=rules.units_for(service.unit, minutes),
        minutes=minutes,
        minutes_fit=fit,
        codes_that_fit=[] if fit else prices.codes_that_fit(minutes, other_than=service.id),
        diagnosis_codes=documented.diagnosis_codes,
        has_signed_plan=documented.has_signed_plan,
    )
