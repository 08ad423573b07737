"""Reading how access came to be, and what a change of it would come to."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.identity.access.models import AccessChange
from services.identity.access.rules import Access, gained, lost
from services.identity.organization.queries import own_organization
from services.identity.staff.queries import access_of, ensure_may_change, one_member
from shared.actor import Caller, Person
from shared.database.session import Session
from shared.errors import Forbidden, Refusal
from shared.web.paging import paginate


def history_of(session: Session, actor: Caller, staff_id: UUID, limit: int, cursor: str | None) -> dict[str, Any]:
    """One page of a member's changes, newest first: for those who manage staff, and for the person."""
    member = one_member(session, actor, staff_id)
    if member.id != actor.actor_id and not actor.may("staff:update"):
        raise Forbidden.without("staff:update")
    statement = select(AccessChange).where(
        AccessChange.organization_id == actor.organization_id, AccessChange.staff_id == member.id
    )
    return paginate(session, statement, [AccessChange.id], limit=limit, cursor=cursor, descending=True)


def preview(
    session: Session, actor: Person, staff_id: UUID | None, levels: list[str], grants: list[str]
) -> dict[str, Any]:
    """What these levels and grants would come to, and the refusal that saving them would meet. Changes nothing.

    `staff_id` None: for somebody who is yet to be invited.
    """
    after = Access.of(levels, grants)
    member = one_member(session, actor, staff_id) if staff_id else None
    before = access_of(member) if member else Access(active=False)
    refusal = None
    try:
        ensure_may_change(session, actor, member, before, after)
    except Refusal as error:
        refusal = {"code": error.code, "detail": error.detail}
    restricted = own_organization(session, actor).restricts_administration
    return {
        "permissions": sorted(after.permissions),
        "gained": sorted(gained(before, after)),
        "lost": sorted(lost(before, after)),
        "ineffective_grants": list(after.ineffective_grants),
        "client_scope": after.client_scope,
        "case_scope": after.case_scope(restricts_administration=restricted),
        "refusal": refusal,
    }
