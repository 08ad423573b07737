"""What billing does on others' events: translate into its own words, and call a command."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

from services.billing.billing_profiles.commands import keep_billing_profile
from services.billing.charges.models import DocumentedService
from services.billing.client_changes import commands as client_changes
from services.billing.copies import models
from services.billing.drafting.commands import Documentation, draft_documented, drafting_reads
from shared.actor import ServiceActor
from shared.contracts.clients import (
    ChangeDecided,
    ChangeProposed,
    ClientChanged,
    ClientChangedV1,
    StaffAssigned,
    StaffUnassigned,
)
from shared.contracts.clinical import AppointmentDocumented, NoteAmended
from shared.contracts.envelope import Envelope, to_data
from shared.contracts.identity import BillingProfileRecorded, LocationChanged, OrganizationChanged, StaffChanged
from shared.database.connection import Statement
from shared.database.copies import keep_newest
from shared.database.session import Session
from shared.messaging.handling import Delivered, Found, Handler, TogetherAfterReads


def drafting_needs(delivered: Sequence[Delivered]) -> Sequence[Statement]:
    """What is read and locked to draft an invoice for each."""
    return drafting_reads(delivered[0][1].organization_id, _documentations(delivered))


def on_appointments_documented(session: Session, delivered: Sequence[Delivered], found: Found) -> None:
    """Draft an invoice for each, once per appointment and client."""
    draft_documented(session, ServiceActor(delivered[0][1].organization_id), _documentations(delivered), found)


def _documentations(delivered: Sequence[Delivered]) -> list[Documentation]:
    return [Documentation(_documented(event), envelope.correlation_id) for event, envelope in delivered]


def _documented(event: AppointmentDocumented) -> DocumentedService:
    names = [fact.name for fact in fields(DocumentedService) if fact.name != "documented_service_type_id"]
    facts = {name: getattr(event, name) for name in names}
    return DocumentedService(**facts, documented_service_type_id=event.service_type_id)


def on_note_amended(session: Session, event: NoteAmended, envelope: Envelope) -> None:
    """Remember that a note was amended, and that what is billed stays."""
    keep_newest(
        session,
        models.AmendedNote,
        organization_id=event.organization_id,
        appointment_id=event.appointment_id,
        client_id=event.client_id,
        version=event.number,
        amended_at=event.amended_at,
    )


def on_billing_profile_recorded(session: Session, event: BillingProfileRecorded, envelope: Envelope) -> None:
    """Keep a version of the billing profile of the practice, a location or a member of staff."""
    printed = event.organization or event.location or event.staff
    if printed is not None:
        subject = (event.subject, event.subject_id)
        facts = (event.version, event.effective_from, to_data(printed))
        keep_billing_profile(session, event.organization_id, subject, *facts)


def on_organization_changed(session: Session, event: OrganizationChanged, envelope: Envelope) -> None:
    """Keep what dates, invoice numbers, new services and write-offs need."""
    keep_newest(
        session,
        models.OrganizationCopy,
        organization_id=event.organization_id,
        version=event.version,
        name=event.name,
        time_zone=event.time_zone,
        invoice_prefix=event.invoice_prefix,
        session_minutes=event.session_minutes,
        write_off_limit_cents=event.write_off_limit_cents,
    )


def on_location_changed(session: Session, event: LocationChanged, envelope: Envelope) -> None:
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


def on_staff_changed(session: Session, event: StaffChanged, envelope: Envelope) -> None:
    """Keep what an invoice or a claim says of a member of staff."""
    keep_newest(
        session,
        models.StaffCopy,
        organization_id=event.organization_id,
        id=event.staff_id,
        version=event.version,
        display_name=event.display_name,
        active=event.active,
        npi=event.npi,
        taxonomy=event.taxonomy,
    )


def on_client_changed(session: Session, event: ClientChanged | ClientChangedV1, envelope: Envelope) -> None:
    """Keep the client's name and status."""
    keep_newest(
        session,
        models.ClientCopy,
        organization_id=event.organization_id,
        id=event.client_id,
        version=event.version,
        display_name=event.display_name,
        status=event.status,
    )


def on_staff_assigned(session: Session, event: StaffAssigned, envelope: Envelope) -> None:
    """Remember the assignment."""
    _keep_assignment(session, event, assigned=True)


def on_staff_unassigned(session: Session, event: StaffUnassigned, envelope: Envelope) -> None:
    """Remember that it ended."""
    _keep_assignment(session, event, assigned=False)


def _keep_assignment(session: Session, event: StaffAssigned | StaffUnassigned, *, assigned: bool) -> None:
    keep_newest(
        session,
        models.AssignmentCopy,
        organization_id=event.organization_id,
        client_id=event.client_id,
        staff_id=event.staff_id,
        version=event.assignment_version,
        assigned=assigned,
    )


def on_change_proposed(session: Session, event: ChangeProposed, _envelope: Envelope) -> None:
    """Say whether the clients may be changed, and hold them if so."""
    client_changes.answer(session, event)


def on_change_decided(session: Session, event: ChangeDecided, _envelope: Envelope) -> None:
    """Do to the clients what was decided."""
    client_changes.settle(session, event)


HANDLERS: dict[type, Handler] = {
    AppointmentDocumented: TogetherAfterReads(drafting_needs, on_appointments_documented),
    NoteAmended: on_note_amended,
    OrganizationChanged: on_organization_changed,
    BillingProfileRecorded: on_billing_profile_recorded,
    LocationChanged: on_location_changed,
    StaffChanged: on_staff_changed,
    ClientChanged: on_client_changed,
    ClientChangedV1: on_client_changed,
    StaffAssigned: on_staff_assigned,
    StaffUnassigned: on_staff_unassigned,
    ChangeProposed: on_change_proposed,
    ChangeDecided: on_change_decided,
}
