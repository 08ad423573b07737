"""What billing does on others' events: translate into its own words, and call a command."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from services.billing.accounts import commands as accounts
from services.billing.invoices import commands as invoices
from services.billing.invoices.rules import Documented
from shared.actor import Actor
from shared.contracts.clients import ClientChanged, StaffAssigned, StaffUnassigned
from shared.contracts.clinical import AppointmentDocumented
from shared.contracts.envelope import Envelope, to_data
from shared.contracts.identity import BillingProfileRecorded, LocationChanged, OrganizationChanged, StaffChanged
from shared.database.session import Session


def on_appointment_documented(session: Session, event: AppointmentDocumented, envelope: Envelope) -> None:
    """Draft an invoice, once per appointment and client."""
    documented = Documented(
        appointment_id=event.appointment_id,
        client_id=event.client_id,
        version=event.version,
        case_id=event.case_id,
        note_id=event.note_id,
        service_type_id=event.service_type_id,
        rendering_staff_id=event.rendering_staff_id,
        location_id=event.location_id,
        service_date=event.service_date,
        minutes=event.minutes,
        diagnosis_codes=event.diagnosis_codes,
    )
    actor = Actor.of_service("billing", event.organization_id)
    invoices.draft_for_documented_appointment(session, actor, documented)


def on_organization_changed(session: Session, event: OrganizationChanged, envelope: Envelope) -> None:
    """Copy what dates and numbers need."""
    facts = {"name": event.name, "time_zone": event.time_zone, "invoice_prefix": event.invoice_prefix}
    accounts.copy_organization(session, event.organization_id, event.version, **facts)


def on_billing_profile_recorded(session: Session, event: BillingProfileRecorded, envelope: Envelope) -> None:
    """Copy what invoices say of the practice, a location or a member of staff; of others they say nothing yet."""
    printed = event.organization or event.location or event.staff
    if printed is not None:
        subject = (event.subject, event.subject_id)
        facts = (event.version, event.effective_from, to_data(printed))
        accounts.copy_billing_profile(session, event.organization_id, subject, *facts)


def on_location_changed(session: Session, event: LocationChanged, envelope: Envelope) -> None:
    """Copy the location."""
    facts = {"name": event.name, "time_zone": event.time_zone, "active": event.active}
    accounts.copy_location(session, event.organization_id, event.location_id, event.version, **facts)


def on_staff_changed(session: Session, event: StaffChanged, envelope: Envelope) -> None:
    """Copy what an invoice or a claim says of a member of staff."""
    facts = {name: getattr(event, name) for name in ("display_name", "active", "npi", "taxonomy")}
    accounts.copy_staff(session, event.organization_id, event.staff_id, event.version, **facts)


def on_client_changed(session: Session, event: ClientChanged, envelope: Envelope) -> None:
    """Copy the client's name and status."""
    facts = {"display_name": event.display_name, "status": event.status}
    accounts.copy_client(session, event.organization_id, event.client_id, event.version, **facts)


def on_staff_assigned(session: Session, event: StaffAssigned, envelope: Envelope) -> None:
    """Remember the assignment."""
    key = (event.organization_id, event.client_id, event.staff_id, event.assignment_version)
    accounts.copy_assignment(session, *key, assigned=True)


def on_staff_unassigned(session: Session, event: StaffUnassigned, envelope: Envelope) -> None:
    """Remember that it ended."""
    key = (event.organization_id, event.client_id, event.staff_id, event.assignment_version)
    accounts.copy_assignment(session, *key, assigned=False)


HANDLERS: dict[type, Callable[[Session, Any, Envelope], None]] = {
    AppointmentDocumented: on_appointment_documented,
    OrganizationChanged: on_organization_changed,
    BillingProfileRecorded: on_billing_profile_recorded,
    LocationChanged: on_location_changed,
    StaffChanged: on_staff_changed,
    ClientChanged: on_client_changed,
    StaffAssigned: on_staff_assigned,
    StaffUnassigned: on_staff_unassigned,
}
