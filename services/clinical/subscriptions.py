"""What clinical does on which event: keep a copy, and let assignments join or leave cases."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from sqlalchemy.orm import Session

from services.clinical.cases.commands import join_open_cases, leave_all_cases
from services.clinical.copies import models
from shared.actor import Actor
from shared.contracts.billing import ServiceTypeChanged
from shared.contracts.clients import ClientChanged, StaffAssigned, StaffUnassigned
from shared.contracts.envelope import Envelope
from shared.contracts.identity import LocationChanged, OrganizationChanged, StaffChanged
from shared.copies import keep_newest


def on_organization_changed(session: Session, event: OrganizationChanged, _envelope: Envelope) -> None:
    """Keep the organization."""
    keep_newest(
        session,
        models.OrganizationCopy,
        organization_id=event.organization_id,
        version=event.version,
        time_zone=event.time_zone,
    )


def on_location_changed(session: Session, event: LocationChanged, _envelope: Envelope) -> None:
    """Keep the location."""
    keep_newest(
        session,
        models.LocationCopy,
        organization_id=event.organization_id,
        id=event.location_id,
        version=event.version,
        name=event.name,
        time_zone=event.time_zone,
        active=event.active,
    )


def on_staff_changed(session: Session, event: StaffChanged, _envelope: Envelope) -> None:
    """Keep the member of staff with their licences."""
    licences = [
        {name: str(value) if value else None for name, value in dataclasses.asdict(licence).items()}
        for licence in event.licences
    ]
    keep_newest(
        session,
        models.StaffCopy,
        organization_id=event.organization_id,
        id=event.staff_id,
        version=event.version,
        display_name=event.display_name,
        active=event.active,
        supervisor_id=event.supervisor_id,
        licences=licences,
    )


def on_client_changed(session: Session, event: ClientChanged, _envelope: Envelope) -> None:
    """Keep the client."""
    keep_newest(
        session,
        models.ClientCopy,
        organization_id=event.organization_id,
        id=event.client_id,
        version=event.version,
        display_name=event.display_name,
        status=event.status,
    )


def on_service_type_changed(session: Session, event: ServiceTypeChanged, _envelope: Envelope) -> None:
    """Keep the service."""
    keep_newest(
        session,
        models.ServiceTypeCopy,
        organization_id=event.organization_id,
        id=event.service_type_id,
        version=event.version,
        name=event.name,
        code=event.code,
        duration_minutes=event.duration_minutes,
        active=event.active,
    )


def on_staff_assigned(session: Session, event: StaffAssigned, envelope: Envelope) -> None:
    """An assignment to the client joins every open case, unless it came about through one."""
    if _keep_assignment(session, event, active=True) and event.through_case_id is None:
        actor = Actor.of_service("clinical", event.organization_id)
        join_open_cases(session, actor, event.client_id, event.staff_id, envelope.occurred_at)


def on_staff_unassigned(session: Session, event: StaffUnassigned, envelope: Envelope) -> None:
    """Off the client is off every case of theirs, also when it is heard of after a newer assignment."""
    _keep_assignment(session, event, active=False)
    actor = Actor.of_service("clinical", event.organization_id)
    leave_all_cases(session, actor, event.client_id, event.staff_id, envelope.occurred_at)


def _keep_assignment(session: Session, event: StaffAssigned | StaffUnassigned, *, active: bool) -> bool:
    return keep_newest(
        session,
        models.AssignmentCopy,
        organization_id=event.organization_id,
        client_id=event.client_id,
        staff_id=event.staff_id,
        version=event.assignment_version,
        active=active,
    )


HANDLERS: dict[type, Callable[..., None]] = {
    OrganizationChanged: on_organization_changed,
    LocationChanged: on_location_changed,
    StaffChanged: on_staff_changed,
    ClientChanged: on_client_changed,
    StaffAssigned: on_staff_assigned,
    StaffUnassigned: on_staff_unassigned,
    ServiceTypeChanged: on_service_type_changed,
}
