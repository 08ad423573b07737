"""What identity does on which event: translate, and call a command."""

from __future__ import annotations

from collections.abc import Sequence

from services.identity.audit_trail.commands import append
from services.identity.notifications.commands import emergency_access
from shared.contracts.audit import BillingAuditRecorded, ClientsAuditRecorded, ClinicalAuditRecorded
from shared.contracts.clinical import BreakGlassOpened
from shared.contracts.envelope import Envelope
from shared.database.session import Session
from shared.messaging.handling import Delivered, Handler, Together


def on_audit_recorded(session: Session, delivered: Sequence[Delivered]) -> None:
    """Chain another service's entries: those of several events with one look at the chain's head."""
    event, envelope = delivered[0]
    append(session, event.organization_id, envelope.source, [entry for each, _ in delivered for entry in each.entries])


def on_break_glass_opened(session: Session, event: BreakGlassOpened, _envelope: Envelope) -> None:
    """Tell administrators and the assigned staff."""
    emergency_access(session, event.organization_id, event.staff_id, event.assigned_staff_ids)


HANDLERS: dict[type, Handler] = {
    ClientsAuditRecorded: Together(on_audit_recorded),
    ClinicalAuditRecorded: Together(on_audit_recorded),
    BillingAuditRecorded: Together(on_audit_recorded),
    BreakGlassOpened: on_break_glass_opened,
}
