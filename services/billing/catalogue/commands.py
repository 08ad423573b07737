"""Adding and changing services. Each change is told to the services that book them."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.exc import IntegrityError

from services.billing.catalogue import queries, rules
from services.billing.catalogue.models import ServiceRate, ServiceType
from shared import audit, clock
from shared.actor import Actor
from shared.contracts.billing import ServiceTypeChanged
from shared.database.session import Session, violated_constraint
from shared.errors import Stale
from shared.ids import new_id_of
from shared.messaging import outbox


def create_service_type(session: Session, actor: Actor, facts: rules.ServiceFacts) -> ServiceType:
    """Add a service with its first rate; raises `Invalid` for a wrong code, unit rule or minutes."""
    rules.ensure_code(facts.kind, facts.code, facts.modifiers)
    rules.ensure_minutes_range(facts.note_minutes_min, facts.note_minutes_max)
    unit = rules.unit_rule(facts.unit)
    now = clock.now()
    service = ServiceType(
        organization_id=actor.organization_id,
        id=new_id_of(actor.organization_id),
        name=facts.name,
        kind=facts.kind,
        code=facts.code,
        modifiers=list(facts.modifiers),
        unit_rule=unit.rule,
        unit_units=unit.units,
        unit_minutes=unit.minutes,
        unit_rounding=unit.rounding,
        duration_minutes=facts.duration_minutes,
        note_minutes_min=facts.note_minutes_min,
        note_minutes_max=facts.note_minutes_max,
        created_at=now,
        rates=[
            ServiceRate(
                organization_id=actor.organization_id,
                rate_cents=facts.rate.rate_cents,
                effective_from=facts.rate.effective_from,
                created_at=now,
            )
        ],
    )
    session.add(service)
    session.flush()
    _tell(session, service)
    return service


def update_service_type(
    session: Session, actor: Actor, service_type_id: UUID, changes: rules.ServiceChanges, if_match: int | None
) -> ServiceType:
    """Merge `changes`; `active` false archives. Raises `NotFound`, `Stale`, `Invalid`.

    Code, kind and rate stay: what was billed under them must keep its meaning.
    """
    service = _locked(session, actor, service_type_id, if_match)
    for name in changes.given:
        setattr(service, name, getattr(changes, name))
    rules.ensure_minutes_range(service.note_minutes_min, service.note_minutes_max)
    service.version += 1
    _tell(session, service)
    audit.describe(session, fields=sorted(changes.given))
    return service


def add_rate(
    session: Session, actor: Actor, service_type_id: UUID, rate: rules.Rate, if_match: int | None
) -> ServiceType:
    """A rate from a day on; what was documented before that day keeps the old one.

    Raises `NotFound`, `Stale`, `RateExists`.
    """
    service = _locked(session, actor, service_type_id, if_match)
    added = ServiceRate(
        organization_id=actor.organization_id,
        service_type_id=service.id,
        rate_cents=rate.rate_cents,
        effective_from=rate.effective_from,
        created_at=clock.now(),
    )
    try:
        with session.begin_nested():
            session.add(added)
    except IntegrityError as error:
        if violated_constraint(error) == "uq_service_rates_start":
            raise rules.RateExists() from error
        raise
    service.version += 1
    session.flush()
    session.refresh(service, ["rates"])
    return service


def _locked(session: Session, actor: Actor, service_type_id: UUID, if_match: int | None) -> ServiceType:
    service = queries.one_service_type(session, actor, service_type_id, for_update=True)
    if if_match is not None and if_match != service.version:
        raise Stale()
    return service


def _tell(session: Session, service: ServiceType) -> None:
    outbox.add(
        session,
        ServiceTypeChanged(
            organization_id=service.organization_id,
            service_type_id=service.id,
            version=service.version,
            name=service.name,
            code=service.code,
            duration_minutes=service.duration_minutes,
            active=service.active,
        ),
    )
