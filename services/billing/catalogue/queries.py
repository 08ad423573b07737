"""Looking services up."""

from __future__ import annotations

from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select

from services.billing.catalogue import rules
from services.billing.catalogue.models import ServiceType
from services.billing.copies.queries import practice_today
from shared.actor import Caller
from shared.database.session import Session
from shared.errors import NotFound
from shared.web.paging import paginate

READS_PRICES: Final = "invoices:read"


def one_service_type(
    session: Session, actor: Caller, service_type_id: UUID, *, for_update: bool = False
) -> ServiceType:
    """One service, archived ones too; raises `NotFound`. `lock`: FOR UPDATE, for commands that change it."""
    statement = select(ServiceType).where(
        ServiceType.organization_id == actor.organization_id, ServiceType.id == service_type_id
    )
    found = session.scalar(statement.with_for_update() if for_update else statement)
    if found is None:
        raise NotFound()
    return found


def count_service_types(session: Session, actor: Caller) -> int:
    """How many services the organization has, archived ones too."""
    statement = select(func.count()).where(ServiceType.organization_id == actor.organization_id)
    return session.scalar(statement) or 0


def list_service_types(session: Session, actor: Caller, query: dict[str, Any]) -> dict[str, Any]:
    """A page of services, by name; `ids`: only these."""
    statement = select(ServiceType).where(ServiceType.organization_id == actor.organization_id)
    if query["ids"] is not None:
        statement = statement.where(ServiceType.id.in_(query["ids"]))
    if query["active"] is not None:
        statement = statement.where(ServiceType.active == query["active"])
    keys = [ServiceType.sort_key, ServiceType.id]
    page = paginate(session, statement, keys, limit=query["limit"], cursor=query["cursor"])
    on = practice_today(session, actor)
    return {**page, "items": [as_response(actor, found, on) for found in page["items"]]}


def as_response(actor: Caller, service_type: ServiceType, on: date) -> dict[str, Any]:
    """What the API shows of a service: its facts, and to those who read invoices its rates and that of the day `on`."""
    rates = service_type.rates if READS_PRICES in actor.permissions else []
    unit = {
        "rule": service_type.unit_rule,
        "units": service_type.unit_units,
        "minutes": service_type.unit_minutes,
        "rounding": service_type.unit_rounding,
    }
    return {
        "id": service_type.id,
        "name": service_type.name,
        "kind": service_type.kind,
        "code": service_type.code,
        "modifiers": service_type.modifiers,
        "unit": {name: value for name, value in unit.items() if value is not None},
        "duration_minutes": service_type.duration_minutes,
        "note_minutes_min": service_type.note_minutes_min,
        "note_minutes_max": service_type.note_minutes_max,
        "colour": service_type.colour,
        "place_of_service": service_type.place_of_service,
        "insurance_billable": service_type.insurance_billable,
        "active": service_type.active,
        "version": service_type.version,
        "rate_cents": rules.rate_on([rate.rate for rate in rates], on),
        "rates": rates,
    }
