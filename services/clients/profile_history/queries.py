"""Reading how a client's basic data was changed."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from services.clients.families.queries import family_of
from services.clients.profile_changes.models import ProfileChange
from services.clients.profiles.queries import one_client
from shared.actor import Caller
from shared.database.session import Session
from shared.web.paging import paginate


def history_of(session: Session, actor: Caller, client_id: UUID, limit: int, cursor: str | None) -> dict[str, Any]:
    """One page of the changes of a client and of all who were merged into them, newest first. Raises `NotFound`."""
    one_client(session, actor, client_id)
    statement = changes_of(actor, family_of(session, actor.organization_id, client_id))
    return paginate(session, statement, [ProfileChange.id], limit=limit, cursor=cursor, descending=True)


def changes_of(actor: Caller, client_ids: Collection[UUID]) -> Select[ProfileChange]:
    """The changes of these clients, in no order yet."""
    return select(ProfileChange).where(
        ProfileChange.organization_id == actor.organization_id, ProfileChange.client_id.in_(client_ids)
    )
