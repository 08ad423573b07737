"""What pricing looks up in the catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select

from services.billing.catalogue.models import ServiceType
from services.billing.catalogue.queries import READS_PRICES, one_service_type
from services.billing.catalogue.rules import rate_on
from services.billing.charges import rules
from services.billing.copies.queries import practice_today
from shared.actor import Actor, Caller
from shared.database.session import Session
from shared.errors import NotFound


class ServiceMinutes(NamedTuple):
    """Which minutes a service may be documented with, both bounds inclusive, either open when None."""

    id: UUID
    code: str
    minutes_min: int | None
    minutes_max: int | None


class PriceList:
    """What pricing looks up in the catalogue: each service, and what fits other minutes, once for many lines."""

    def __init__(self, session: Session, actor: Actor) -> None:
        self._session, self._actor = session, actor
        self._bounded: list[ServiceMinutes] | None = None

    def service(self, service_type_id: UUID) -> ServiceType:
        """One service; raises `NotFound`.

        Its row is held shared until the transaction ends, so that nobody corrects a rate that is being priced with.
        """
        session, key = self._session, (self._actor.organization_id, service_type_id)
        kept: ServiceType | None = session.identity_map.get(session.identity_key(ServiceType, key))
        if kept is not None:
            return kept
        found = session.get(ServiceType, key, with_for_update={"read": True})
        if found is None:
            raise NotFound()
        session.keep(found)
        return found

    def that_fit(self, minutes: int) -> list[ServiceMinutes]:
        """Active services whose documented minutes are bounded and include `minutes`."""
        if self._bounded is None:
            self._bounded = _bounded(self._session, self._actor)
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


def _bounded(session: Session, actor: Actor) -> list[ServiceMinutes]:
    rows = session.execute(
        select(ServiceType.id, ServiceType.code, ServiceType.note_minutes_min, ServiceType.note_minutes_max).where(
            ServiceType.organization_id == actor.organization_id,
            ServiceType.active,
            ServiceType.note_minutes_min.is_not(None) | ServiceType.note_minutes_max.is_not(None),
        )
    )
    return [ServiceMinutes(*row) for row in rows]
