"""Adding and changing services. Each change is told to the services that book them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.billing.catalogue import queries, rules
from services.billing.catalogue.models import ServiceRate, ServiceType
from services.billing.copies.queries import organization
from shared import audit, clock
from shared.actor import Person
from shared.changes import UNSET, Changes, Unset, differing
from shared.contracts.billing import ServiceTypeChanged
from shared.database.session import Session
from shared.ids import new_id_of
from shared.messaging import outbox


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceChanges(Changes):
    """Changes to a service."""

    name: str | Unset = UNSET
    duration_minutes: int | Unset = UNSET
    note_minutes_min: int | Unset | None = UNSET
    note_minutes_max: int | Unset | None = UNSET
    colour: str | Unset = UNSET
    place_of_service: str | Unset = UNSET
    insurance_billable: bool | Unset = UNSET
    active: bool | Unset = UNSET


def create_service_type(session: Session, actor: Person, facts: rules.ServiceFacts) -> ServiceType:
    """Add a service with its first rate. Without a length it has the practice's usual one, without a colour the next.

    Raises `Invalid` for a wrong code, unit rule or minutes, or a claim of a code that insurers do not know,
    `NotArrivedYet` as `organization` does.
    """
    rules.ensure_code(facts.kind, facts.code, facts.modifiers)
    rules.ensure_minutes_range(facts.note_minutes_min, facts.note_minutes_max)
    rules.ensure_billable(facts.kind, facts.insurance_billable)
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
        duration_minutes=facts.duration_minutes or organization(session, actor).session_minutes,
        note_minutes_min=facts.note_minutes_min,
        note_minutes_max=facts.note_minutes_max,
        colour=facts.colour or rules.next_colour(queries.count_service_types(session, actor)),
        place_of_service=facts.place_of_service,
        self_pay_only=facts.insurance_billable is False,
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


def update_service_type(session: Session, actor: Person, service_type_id: UUID, changes: ServiceChanges) -> ServiceType:
    """Merge `changes`; `active` false archives. Raises `NotFound`, `Invalid`.

    Code, kind and rate stay: what was billed under them must keep its meaning.
    """
    service = queries.one_service_type(session, actor, service_type_id, for_update=True)
    different = differing(service, changes.given())
    if not different:
        return service
    for name, value in different.items():
        setattr(service, name, value)
    rules.ensure_minutes_range(service.note_minutes_min, service.note_minutes_max)
    rules.ensure_billable(service.kind, different.get("insurance_billable"))
    service.version += 1
    _tell(session, service)
    audit.describe(session, fields=sorted(different))
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
