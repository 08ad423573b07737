"""What clients does on which event: keep a copy, or call a command."""

from __future__ import annotations

from collections.abc import Callable

from services.clients.assignments.commands import assign_through_case, hand_over
from services.clients.audit_checkpoints.commands import keep_checkpoint
from services.clients.bulk_assignments.commands import ASSIGN_STAFF
from services.clients.bulk_assignments.undo import UNDO_ASSIGNMENT
from services.clients.client_changes.commands import keep_answer
from services.clients.client_changes.deletion import DELETE_CLIENT
from services.clients.client_changes.rules import Said
from services.clients.client_import.appointments import keep_answer as keep_booking
from services.clients.client_import.commands import IMPORT
from services.clients.client_import.undo import UNDO
from services.clients.client_merges.commands import MERGE_CLIENTS, UNMERGE_CLIENTS
from services.clients.copies import models
from shared.actor import Person, Program, ServiceActor
from shared.change_codes import HAS_APPOINTMENTS, USED
from shared.contracts import billing, clinical
from shared.contracts.audit import AuditCheckpoint
from shared.contracts.clinical import AppointmentAnswered, OpenWorkCounted, StaffJoinedCase
from shared.contracts.envelope import Envelope
from shared.contracts.identity import ApiClientChanged, OrganizationChanged, StaffChanged, WorkHandedOver
from shared.database.copies import keep_newest
from shared.database.session import Session
from shared.jobs.commands import end_without_right

JOBS = (ASSIGN_STAFF, UNDO_ASSIGNMENT, IMPORT, UNDO, DELETE_CLIENT, MERGE_CLIENTS, UNMERGE_CLIENTS)


def on_organization_changed(session: Session, event: OrganizationChanged, _envelope: Envelope) -> None:
    """Keep what clients needs to know of the organization."""
    keep_newest(
        session,
        models.OrganizationCopy,
        organization_id=event.organization_id,
        version=event.version,
        time_zone=event.time_zone,
    )


def on_staff_changed(session: Session, event: StaffChanged, envelope: Envelope) -> None:
    """Keep what clients needs to know of a member of staff; what they started and may not go on with ends."""
    kept = keep_newest(
        session,
        models.StaffCopy,
        organization_id=event.organization_id,
        id=event.staff_id,
        version=event.version,
        display_name=event.display_name,
        active=event.active,
        brought_in_by=list(event.brought_in_by),
        email_hash=event.email_hash,
    )
    levels, grants = (event.levels, event.grants) if event.active else ((), ())
    starter = Person.of_member(event.organization_id, event.staff_id, levels, grants)
    end_without_right(session, JOBS, starter, lost_at=None if kept else envelope.occurred_at)


def on_api_client_changed(session: Session, event: ApiClientChanged, envelope: Envelope) -> None:
    """What a program started and may not go on with ends. Without any permission it is revoked, and so are its jobs."""
    starter = Program(event.organization_id, event.api_client_id, frozenset(event.permissions))
    end_without_right(session, JOBS, starter, lost_at=envelope.occurred_at if event.permissions else None)


def on_staff_joined_case(session: Session, event: StaffJoinedCase, envelope: Envelope) -> None:
    """Assign everybody on a case to its client."""
    actor = ServiceActor(event.organization_id)
    assign_through_case(session, actor, event.client_id, event.staff_id, event.case_id, envelope.occurred_at)


def on_open_work_counted(session: Session, event: OpenWorkCounted, _envelope: Envelope) -> None:
    """Keep what somebody has open with a client: taking them off asks first."""
    keep_newest(
        session,
        models.OpenWorkCopy,
        organization_id=event.organization_id,
        client_id=event.client_id,
        staff_id=event.staff_id,
        version=event.version,
        appointments=event.appointments,
        drafts=event.drafts,
        to_review=event.to_review,
        plans_due=event.plans_due,
    )


def on_work_handed_over(session: Session, event: WorkHandedOver, _envelope: Envelope) -> None:
    """The clients of somebody who left are the successor's."""
    actor = ServiceActor(event.organization_id)
    hand_over(session, actor, event.staff_id, event.successor_id, event.handed_over_by)


def on_audit_checkpoint(session: Session, event: AuditCheckpoint, _envelope: Envelope) -> None:
    """Keep where identity's audit trail stood, out of identity's reach."""
    keep_checkpoint(session, event.organization_id, event.seq, event.hash, event.at)


def on_clinical_answered(session: Session, event: clinical.ChangeAnswered, _envelope: Envelope) -> None:
    """Keep what clinical says to a proposed change."""
    used = dict.fromkeys(map(str, event.used), USED) | dict.fromkeys(map(str, event.booked), HAS_APPOINTMENTS)
    sentence = Said(event.code, event.held_until, used)
    keep_answer(session, event.organization_id, event.change_id, "clinical", sentence)


def on_billing_answered(session: Session, event: billing.ChangeAnswered, _envelope: Envelope) -> None:
    """Keep what billing says to a proposed change."""
    sentence = Said(event.code, event.held_until, dict.fromkeys(map(str, event.used), USED))
    keep_answer(session, event.organization_id, event.change_id, "billing", sentence)


def on_appointment_answered(session: Session, event: AppointmentAnswered, _envelope: Envelope) -> None:
    """Keep what became of the next appointment of an imported row."""
    keep_booking(session, event)


HANDLERS: dict[type, Callable[..., None]] = {
    OrganizationChanged: on_organization_changed,
    StaffChanged: on_staff_changed,
    ApiClientChanged: on_api_client_changed,
    StaffJoinedCase: on_staff_joined_case,
    OpenWorkCounted: on_open_work_counted,
    WorkHandedOver: on_work_handed_over,
    AuditCheckpoint: on_audit_checkpoint,
    AppointmentAnswered: on_appointment_answered,
    clinical.ChangeAnswered: on_clinical_answered,
    billing.ChangeAnswered: on_billing_answered,
}
