"""Who is told of what. The mail names no client: it says where to look."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import or_, select

from services.identity.billing_profiles.queries import show_today
from services.identity.mail.commands import send_later
from services.identity.organization.models import Organization
from services.identity.staff.models import Staff
from services.identity.staff.rules import OWNER
from shared import clock
from shared.database.session import Session

TOLD_MAX: Final = 100
USEFUL: Final = timedelta(days=7)


def emergency_access(session: Session, organization_id: UUID, staff_id: UUID, assigned: Sequence[UUID]) -> None:
    """Mail Organization Administration and the assigned staff that somebody broke the glass; not the one who did."""
    opener = session.get(Staff, (organization_id, staff_id))
    practice = session.get(Organization, organization_id)
    if opener is None or practice is None:
        return
    show_today(session, [opener], clock.today(practice.time_zone))
    recipients = select(Staff.email).where(
        Staff.organization_id == organization_id,
        Staff.active,
        Staff.id != staff_id,
        or_(Staff.levels.contains([OWNER]), Staff.id.in_(assigned)),
    )
    values = {"organization": practice.name, "staff": opener.display_name}
    for address in session.scalars(recipients.order_by(Staff.id).limit(TOLD_MAX)):
        send_later(session, organization_id, address, "emergency_access", values, USEFUL)
