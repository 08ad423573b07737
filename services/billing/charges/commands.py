"""Pricing what was documented onto a line that may still change."""

from __future__ import annotations

from dataclasses import asdict, replace
from uuid import UUID

from services.billing.catalogue.models import ServiceType
from services.billing.catalogue.rules import rate_on
from services.billing.charges import queries, rules
from services.billing.charges.models import DocumentedService, OpenLine
from shared.actor import Actor, Caller
from shared.database.session import Session
from shared.errors import Invalid, NotFound


def price_line(session: Session, actor: Actor, line: OpenLine, documented: DocumentedService) -> None:
    """Write what was documented, and its price at the date of service, onto a line that may still change.

    Raises `NotFound` for a service that billing does not know.
    """
    service = queries.service_to_price_with(session, actor, documented.service_type_id)
    line.documented = documented
    line.kind, line.code, line.description = service.kind, service.code, service.name
    line.modifiers = list(service.modifiers)
    price = _price(session, actor, service, documented)
    line.units, line.rate_cents, line.charge_cents = price.units, price.rate_cents, price.charge_cents
    line.client_cents, line.insurance_cents = price.client_cents, price.insurance_cents
    line.holds = [asdict(hold) for hold in price.holds]


def reprice_line(session: Session, actor: Caller, line: OpenLine, service_type_id: UUID, field: str) -> None:
    """Price a line as another service, at its date of service; raises `Invalid` naming `field` for an unknown one."""
    try:
        price_line(session, actor, line, replace(line.documented, service_type_id=service_type_id))
    except NotFound as error:
        raise Invalid.field(field, "unknown", "There is no such service.") from error


def _price(session: Session, actor: Actor, service: ServiceType, documented: DocumentedService) -> rules.Price:
    minutes = documented.minutes
    fit = rules.minutes_fit(minutes, service.note_minutes_min, service.note_minutes_max)
    return rules.price(
        code=service.code,
        rate_cents=rate_on([rate.rate for rate in service.rates], documented.service_date),
        units=rules.units_for(service.unit, minutes),
        minutes=minutes,
        minutes_fit=fit,
        codes_that_fit=[] if fit else queries.codes_that_fit(session, actor, minutes, other_than=service.id),
        diagnosis_codes=documented.diagnosis_codes,
        has_signed_plan=documented.has_signed_plan,
    )
