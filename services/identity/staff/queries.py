"""Reading staff."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.identity.staff.models import Staff
from services.identity.staff.rules import OWNER
from shared.actor import Actor
from shared.errors import NotFound
from shared.web.paging import paginate


def one_member(session: Session, actor: Actor, staff_id: UUID, *, for_update: bool = False) -> Staff:
    """A member of the actor's staff; raises `NotFound`."""
    statement = select(Staff).where(Staff.organization_id == actor.organization_id, Staff.id == staff_id)
    found = session.scalars(statement.with_for_update() if for_update else statement).first()
    if found is None:
        raise NotFound()
    return found


def list_members(session: Session, actor: Actor, limit: int, cursor: str | None, active: bool | None) -> dict[str, Any]:
    """One page of staff by family name."""
    statement = select(Staff).where(Staff.organization_id == actor.organization_id)
    if active is not None:
        statement = statement.where(Staff.active == active)
    return paginate(session, statement, [Staff.family_name, Staff.id], limit=limit, cursor=cursor)


def other_owners(session: Session, staff: Staff) -> int:
    """How many other active members hold Organization Administration and can sign in."""
    return (
        session.scalar(
            select(func.count()).where(
                Staff.organization_id == staff.organization_id,
                Staff.id != staff.id,
                Staff.active,
                Staff.password_hash.is_not(None),
                Staff.levels.contains([OWNER]),
            )
        )
        or 0
    )
