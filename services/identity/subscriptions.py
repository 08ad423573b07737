"""What identity does on which event: translate, and call a command."""

from __future__ import annotations

from collections.abc import Callable

from services.identity.audit_trail.commands import append
from services.identity.notifications.commands import emergency_access
from shared.contracts.audit import BillingAuditRecorded, ClientsAuditRecorded, ClinicalAuditRecorded
from shared.contracts.clinical import BreakGlassOpened
from shared.contracts.envelope import Envelope
from shared.database.session import Session


def on_audit_recorded(
    session: Session,
    event: ClientsAuditRecorded | ClinicalAuditRecorded | BillingAuditRecorded,
    envelope: Envelope,
) -> None:
    """Chain another service's entries."""
    append(session, event.organization_id, envelope.source, event.entries)


def on_break_glass_opened(session: Session, event: BreakGlassOpened, _envelope: Envelope) -> None:
    """Tell administrators and the assigned staff."""
    emergency_access(session, event.organization_id, event.staff_id, event.assigned_staff_ids)


HANDLERS: dict[type, Callable[..., None]] = {
    ClientsAuditRecorded: on_audit_recorded,
    ClinicalAuditRecorded: on_audit_recorded,
    BillingAuditRecorded: on_audit_recorded,
    BreakGlassOpened: on_break_glass_opened,
}
