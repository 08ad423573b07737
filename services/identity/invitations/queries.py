"""Reading invitations."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnExpressionArgument, exists, func, select

from services.identity.invitations.models import Invitation
from services.identity.staff.models import Staff
from shared import clock
from shared.actor import Person
from shared.database.session import Session
from shared.errors import NotFound
from shared.web.paging import paginate


def still_open() -> tuple[ColumnExpressionArgument[bool], ...]:
    """That an invitation is not used, not revoked, not lapsed, and went to the address that the member has now."""
    fits = exists().where(
        Staff.organization_id == Invitation.organization_id,
        Staff.id == Invitation.staff_id,
        Staff.email_key == Invitation.email_key,
    )
    return (
        Invitation.used_at.is_(None),
        Invitation.revoked_at.is_(None),
        Invitation.expires_at > clock.now(),
        fits.correlate(Invitation),
    )


def open_invitations(session: Session, actor: Person, limit: int, cursor: str | None) -> dict[str, Any]:
    """One page of invitations that still work, oldest first. Never their tokens."""
    statement = (
        select(Invitation)
        .join(
            Staff,
            (Staff.organization_id == Invitation.organization_id) & (Staff.id == Invitation.staff_id) & Staff.active,
        )
        .where(
            Invitation.organization_id == actor.organization_id,
            *still_open(),
        )
    )
    return paginate(session, statement, [Invitation.id], limit=limit, cursor=cursor)


def one_invitation(session: Session, actor: Person, invitation_id: UUID) -> Invitation:
    """An invitation, whether it still works or not, until it is purged; raises `NotFound`."""
    invitation = session.get(Invitation, (actor.organization_id, invitation_id))
    if invitation is None:
        raise NotFound()
    return invitation


def made_since(session: Session, actor: Person, since: datetime) -> int:
    """How many invitations the organization made from then on."""
    statement = select(func.count()).where(
        Invitation.organization_id == actor.organization_id, Invitation.created_at > since
    )
    return session.scalar(statement) or 0
