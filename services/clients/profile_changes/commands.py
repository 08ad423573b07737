"""Writing down how a client's basic data was changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.clients.profile_changes import rules
from services.clients.profile_changes.models import ProfileChange
from shared import clock
from shared.actor import Caller
from shared.database.session import Session
from shared.ids import new_id


def write_down(
    session: Session, actor: Caller, client_id: UUID, before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    """Keep what differs, with who changed it; nothing where nothing does. The caller has locked the client."""
    changes = rules.differences(before, after)
    if changes:
        session.add(
            ProfileChange(
                organization_id=actor.organization_id,
                id=new_id(),
                client_id=client_id,
                at=clock.now(),
                by=actor.actor_id,
                changes=changes,
            )
        )
