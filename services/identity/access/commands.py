"""Writing down how access changed, in the transaction of the change."""

from __future__ import annotations

from uuid import UUID

from services.identity.access.models import AccessChange
from services.identity.access.rules import Access
from shared import clock
from shared.database.session import Session


def note_change(
    session: Session,
    organization_id: UUID,
    staff_id: UUID,
    before: Access,
    after: Access,
    changed_by: UUID | None,
    reason: str | None = None,
) -> None:
    """Add a row to the history of that member; nothing when nothing changed."""
    if before == after:
        return
    session.add(
        AccessChange(
            organization_id=organization_id,
            staff_id=staff_id,
            changed_by=changed_by,
            changed_at=clock.now(),
            levels_before=list(before.levels),
            levels_after=list(after.levels),
            grants_before=list(before.grants),
            grants_after=list(after.grants),
            active_before=before.active,
            active_after=after.active,
            reason=reason,
        )
    )
