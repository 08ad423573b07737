"""What pricing looks up in the catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
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


def service_to_price_with(session: Session, actor: Actor, service_type_id: UUID) -> ServiceType:
    """One service, read once per transaction: a batch of notes needs only a few services. Raises `NotFound`.

    Its row is held shared until the transaction ends, so that nobody corrects a rate that is being priced with.
    """
    key = {"organization_id": actor.organization_id, "id": service_type_id}
    kept: ServiceType | None = session.identity_map.get(session.identity_key(ServiceType, tuple(key.values())))
    if kept is not None:
        return kept
    found = session.get(ServiceType, key, with_for_update={"read": True})
    if found is None:
        raise NotFound()
    session.keep(found)
    return found


@dataclass(frozen=True, slots=True)
class Minutes:
    """So many minutes of a service. `on`: the date of service; None: today at the practice."""

    minutes: int
    on: date | None


def units_preview(session: Session, actor: Caller, service_type_id: UUID, asked: Minutes) -> dict[str, Any]:
    """Units of so many minutes, and cents at the rate of that day.

    The charge is None where no rate is in force, and for those who read no invoices. Raises `NotFound`.
    """
    service = one_service_type(session, actor, service_type_id)
    units = rules.units_for(service.unit, asked.minutes)
    rate_cents = rate_on([rate.rate for rate in service.rates], asked.on or practice_today(session, actor))
    priced = rate_cents is not None and READS_PRICES in actor.permissions
    return {"units": units, "charge_cents": units * (rate_cents or 0) if priced else None}


def codes_that_fit(session: Session, actor: Actor, minutes: int, *, other_than: UUID) -> list[str]:
    """Codes of active services whose documented minutes are bounded and include `minutes`."""
    rows = session.execute(
        select(ServiceType.code, ServiceType.note_minutes_min, ServiceType.note_minutes_max).where(
            ServiceType.organization_id == actor.organization_id,
            ServiceType.id != other_than,
            ServiceType.active,
            ServiceType.note_minutes_min.is_not(None) | ServiceType.note_minutes_max.is_not(None),
        )
    )
    return sorted({row.code for row in rows if rules.minutes_fit(minutes, row[1], row[2])})
