"""What pricing looks up in the catalogue."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple
from uuid import UUID

from services.billing.catalogue.models import ServiceType
from services.billing.catalogue.queries import READS_PRICES, one_service_type
from services.billing.catalogue.rules import Rate, UnitRule, rate_on
from services.billing.charges import rules
from services.billing.copies.queries import practice_today
from shared.actor import Actor, Caller
from shared.database.connection import Statement
from shared.database.session import Row, Session
from shared.errors import NotFound


class ServiceMinutes(NamedTuple):
    """Which minutes a service may be documented with, both bounds inclusive, either open when None."""

    id: UUID
    code: str
    minutes_min: int | None
    minutes_max: int | None


@dataclass(frozen=True, slots=True)
class PricedAs:
    """What pricing needs to know of a service of the catalogue. `rates`: by their first day."""

    id: UUID
    kind: str
    code: str
    modifiers: Sequence[str]
    name: str
    unit: UnitRule
    note_minutes_min: int | None
    note_minutes_max: int | None
    rates: Sequence[Rate]


_SERVICES: Final = b"""
SELECT id, kind, code, modifiers, name, unit_rule, unit_units, unit_minutes, unit_rounding,
    note_minutes_min, note_minutes_max
FROM service_types WHERE organization_id = %s AND id = ANY(%s) ORDER BY id FOR SHARE
"""
# A statement of its own: who waited for a service's row sees the rates that were corrected meanwhile.
_RATES: Final = b"""
SELECT service_type_id, rate_cents, effective_from FROM service_rates
WHERE organization_id = %s AND service_type_id = ANY(%s) ORDER BY effective_from NULLS FIRST
"""
_BOUNDED: Final = b"""
SELECT id, code, note_minutes_min, note_minutes_max FROM service_types
WHERE organization_id = %s AND active AND (note_minutes_min IS NOT NULL OR note_minutes_max IS NOT NULL)
"""


def price_reads(organization_id: UUID, service_type_ids: Iterable[UUID]) -> list[Statement]:
    """The statements whose answers a `PriceList` can be made of, for what is read ahead; they lock as it does."""
    of_services = [organization_id, sorted(set(service_type_ids))]
    return [(_SERVICES, of_services), (_RATES, of_services), (_BOUNDED, [organization_id])]


class PriceList:
    """What pricing looks up in the catalogue: each service, and what fits other minutes, once for many lines.

    `found`: what `price_reads` found; what it does not say is looked up.
    """

    def __init__(self, session: Session, actor: Actor, found: Sequence[Sequence[Row]] | None = None) -> None:
        self._session, self._actor = session, actor
        self._services: dict[UUID, PricedAs] = {}
        self._bounded: list[ServiceMinutes] | None = None
        if found is not None:
            services, rates, bounded = found
            self._services = _priced_as(services, rates)
            self._bounded = [ServiceMinutes(*row) for row in bounded]

    def service(self, service_type_id: UUID) -> PricedAs:
        """One service; raises `NotFound`.

        Its row is held shared until the transaction ends, so that nobody corrects a rate that is being priced with.
        """
        if service_type_id not in self._services:
            self._services[service_type_id] = self._look_up(service_type_id)
        return self._services[service_type_id]

    def _look_up(self, service_type_id: UUID) -> PricedAs:
        session, key = self._session, (self._actor.organization_id, service_type_id)
        found: ServiceType | None = session.identity_map.get(session.identity_key(ServiceType, key))
        if found is None:
            found = session.get(ServiceType, key, with_for_update={"read": True})
            if found is None:
                raise NotFound()
            session.keep(found)
        return PricedAs(
            found.id,
            found.kind,
            found.code,
            found.modifiers,
            found.name,
            found.unit,
            found.note_minutes_min,
            found.note_minutes_max,
            [rate.rate for rate in found.rates],
        )

    def that_fit(self, minutes: int) -> list[ServiceMinutes]:
        """Active services whose documented minutes are bounded and include `minutes`."""
        if self._bounded is None:
            (rows,) = self._session.ask((_BOUNDED, [self._actor.organization_id]))
            self._bounded = [ServiceMinutes(*row) for row in rows]
        return [each for each in self._bounded if rules.minutes_fit(minutes, each.minutes_min, each.minutes_max)]


@dataclass(frozen=True, slots=True)
class Minutes:
    """So many minutes of a service. `on`: the date of service; None: today at the practice."""

    minutes: int
    on: date | None


def units_preview(session: Session, actor: Caller, service_type_id: UUID, draft: Minutes) -> dict[str, Any]:
    """Units of so many minutes, and cents at the rate of that day.

    The charge is None where no rate is in force, and for those who read no invoices. Raises `NotFound`.
    """
    service = one_service_type(session, actor, service_type_id)
    units = rules.units_for(service.unit, draft.minutes)
    rate_cents = rate_on([rate.rate for rate in service.rates], draft.on or practice_today(session, actor))
    priced = rate_cents is not None and READS_PRICES in actor.permissions
    return {"units": units, "charge_cents": units * (rate_cents or 0) if priced else None}


def _priced_as(services: Iterable[Row], rates: Iterable[Row]) -> dict[UUID, PricedAs]:
    of_service: dict[UUID, list[Rate]] = defaultdict(list)
    for service_type_id, *rate in rates:
        of_service[service_type_id].append(Rate(*rate))
    return {
        key: PricedAs(key, kind, code, modifiers, name, UnitRule(*unit), first, last, of_service[key])
        for key, kind, code, modifiers, name, *unit, first, last in services
    }
