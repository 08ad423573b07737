"""What clinical does on which event: keep a copy, and let assignments join or leave cases."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from services.clinical.break_glass.commands import end_all
from services.clinical.break_glass.rules import is_opener
from services.clinical.cases.commands import hand_over_cases, join_open_cases, leave_all_cases
from services.clinical.client_changes import commands as client_changes
from services.clinical.copies import models
from services.clinical.hand_over.commands import hand_over_appointments
from services.clinical.notes.commands import recheck_drafts
from services.clinical.notes.models import Note
from services.clinical.requested_bookings.commands import keep_request
from services.clinical.supervision.commands import move_queue
from services.clinical.work_items.queries import HOST
from shared.actor import Person, ServiceActor
from shared.contracts.billing import InvoiceChanged, ServiceTypeChanged
from shared.contracts.clients import (
    AppointmentRequested,
    ChangeDecided,
    ChangeProposed,
    ClientChanged,
    ClientChangedV1,
    StaffAssigned,
    StaffUnassigned,
)
from shared.contracts.envelope import Envelope
from shared.contracts.identity import LocationChanged, OrganizationChanged, StaffChanged, WorkHandedOver
from shared.database.copies import keep_newest
from shared.database.session import Session
from shared.permissions import sees_assigned_only
from shared.work_items.commands import release


def on_organization_changed(session: Session, event: OrganizationChanged, envelope: Envelope) -> None:
    """Keep the organization. Emergency access ends where it is turned off, also when the event comes late.

    It ends as well where Administration is narrowed from now on, for the right to it is judged otherwise then: who
    still has it opens the record again.
    """
    before = session.get(models.OrganizationCopy, event.organization_id)
    restricted = before is not None and before.restricts_administration
    kept = keep_newest(
        session,
        models.OrganizationCopy,
        organization_id=event.organization_id,
        version=event.version,
        time_zone=event.time_zone,
        plan_review_days=event.plan_review_days,
        break_glass_enabled=event.break_glass_enabled,
        break_glass_minutes=event.break_glass_minutes,
        restricts_administration=event.restricts_administration,
        author_access_days=event.author_access_days,
        business_hours=[dataclasses.asdict(hours) for hours in event.business_hours],
        holidays=[{"on": holiday.on.isoformat(), "name": holiday.name} for holiday in event.holidays],
    )
    if kept and event.restricts_administration != restricted:
        recheck_drafts(session, event.organization_id)
    if not event.break_glass_enabled or (event.restricts_administration and not (kept and restricted)):
        end_all(session, event.organization_id, opened_before=None if kept else envelope.occurred_at)


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
        place_of_service=event.place_of_service,
    )


def on_staff_changed(session: Session, event: StaffChanged, envelope: Envelope) -> None:
    """Keep the member of staff with their licences; another supervisor takes over what waits for one.

    Emergency access ends with the level or the account that it needs, or with the sight of clients who are not
    assigned, and does not come back with them: also when that they were taken away is heard of after they were given
    back.
    """
    before = session.get(models.StaffCopy, (event.organization_id, event.staff_id))
    supervision_before = (before.supervisor_id, before.supervision_mode) if before else (None, None)
    could_open = before is None or is_opener(before.levels, active=before.active)
    was_narrowed = before is not None and sees_assigned_only(before.levels, before.grants)
    licences = [
        {name: str(value) if value else None for name, value in dataclasses.asdict(licence).items()}
        for licence in event.licences
    ]
    # An event from before identity told the credentials says nothing of them.
    known = {} if event.credentials is None else {"credentials": list(event.credentials)}
    kept = keep_newest(
        session,
        models.StaffCopy,
        organization_id=event.organization_id,
        id=event.staff_id,
        version=event.version,
        display_name=event.display_name,
        active=event.active,
        joined=event.joined,
        supervisor_id=event.supervisor_id,
        supervision_mode=event.supervision_mode,
        levels=list(event.levels),
        grants=list(event.grants),
        licences=licences,
        brought_in_by=list(event.brought_in_by),
        **known,
    )
    can_open, narrowed = is_opener(event.levels, active=event.active), sees_assigned_only(event.levels, event.grants)
    if kept and (not (could_open and can_open) or (narrowed and not was_narrowed)):
        end_all(session, event.organization_id, event.staff_id)
    elif not kept and (narrowed or not can_open):
        end_all(session, event.organization_id, event.staff_id, opened_before=envelope.occurred_at)
    if kept and (event.supervisor_id, event.supervision_mode) != supervision_before:
        move_queue(session, ServiceActor(event.organization_id), event.staff_id)
    if kept:
        levels, grants = (event.levels, event.grants) if event.active else ((), ())
        person = Person.of_member(event.organization_id, event.staff_id, levels, grants)
        release(session, HOST, person, active=event.active)
        recheck_drafts(session, event.organization_id, Note.author_id == event.staff_id)


def on_client_changed(session: Session, event: ClientChanged | ClientChangedV1, _envelope: Envelope) -> None:
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


def on_invoice_changed(session: Session, event: InvoiceChanged, _envelope: Envelope) -> None:
    """Remember whether the appointment is billed."""
    keep_newest(
        session,
        models.InvoiceCopy,
        organization_id=event.organization_id,
        id=event.invoice_id,
        version=event.version,
        appointment_id=event.appointment_id,
        client_id=event.client_id,
        in_force=event.in_force,
    )


def on_staff_assigned(session: Session, event: StaffAssigned, envelope: Envelope) -> None:
    """An assignment to the client joins every open case, unless it came about through one."""
    if _keep_assignment(session, event, active=True) and event.through_case_id is None:
        actor = ServiceActor(event.organization_id)
        join_open_cases(session, actor, event.client_id, event.staff_id, envelope.occurred_at)
        _recheck_drafts(session, event)


def on_staff_unassigned(session: Session, event: StaffUnassigned, envelope: Envelope) -> None:
    """Off the client is off every case of theirs, also when it is heard of after a newer assignment."""
    _keep_assignment(session, event, active=False)
    actor = ServiceActor(event.organization_id)
    leave_all_cases(session, actor, event.client_id, event.staff_id, envelope.occurred_at)
    _recheck_drafts(session, event)


def on_work_handed_over(session: Session, event: WorkHandedOver, envelope: Envelope) -> None:
    """Open cases and coming appointments of somebody who left are the successor's."""
    actor = ServiceActor(event.organization_id)
    hand_over_cases(session, actor, event.staff_id, event.successor_id, envelope.occurred_at)
    hand_over_appointments(session, actor, event.staff_id, event.successor_id, envelope.occurred_at)


def _recheck_drafts(session: Session, event: StaffAssigned | StaffUnassigned) -> None:
    theirs = Note.author_id == event.staff_id, Note.client_id == event.client_id
    recheck_drafts(session, event.organization_id, *theirs)


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


def on_change_proposed(session: Session, event: ChangeProposed, _envelope: Envelope) -> None:
    """Say whether the clients may be changed, and hold them if so."""
    client_changes.answer(session, event)


def on_change_decided(session: Session, event: ChangeDecided, _envelope: Envelope) -> None:
    """Do to the clients what was decided."""
    client_changes.settle(session, event)


def on_appointment_requested(session: Session, event: AppointmentRequested, _envelope: Envelope) -> None:
    """Have an appointment booked that clients asks for."""
    keep_request(session, event)


HANDLERS: dict[type, Callable[..., None]] = {
    OrganizationChanged: on_organization_changed,
    LocationChanged: on_location_changed,
    StaffChanged: on_staff_changed,
    ClientChanged: on_client_changed,
    ClientChangedV1: on_client_changed,
    StaffAssigned: on_staff_assigned,
    StaffUnassigned: on_staff_unassigned,
    AppointmentRequested: on_appointment_requested,
    ChangeProposed: on_change_proposed,
    ChangeDecided: on_change_decided,
    ServiceTypeChanged: on_service_type_changed,
    InvoiceChanged: on_invoice_changed,
    WorkHandedOver: on_work_handed_over,
}
