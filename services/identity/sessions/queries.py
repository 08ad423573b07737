"""What a token means, and who somebody is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnExpressionArgument, or_, select, text
from sqlalchemy.orm import Session

from services.identity.credentials import hash_token, organization_of
from services.identity.organization.queries import own_organization
from services.identity.sessions.models import SignedIn
from services.identity.sessions.rules import SessionUnknown
from services.identity.staff.models import Staff
from services.identity.staff.queries import one_member
from services.identity.staff.rules import email_key
from shared import clock
from shared.actor import Actor
from shared.database import set_tenant


@dataclass(frozen=True, slots=True)
class Account:
    """One account that an e-mail address may mean, from whichever organization."""

    organization_id: UUID
    organization_name: str
    staff_id: UUID
    password_hash: str


def accounts_by_email(session: Session, email: str) -> list[Account]:
    """Active accounts with that address in all organizations, at most twenty.

    The only look across organizations: a function of the role `identity_signin`, which sees just these columns.
    """
    rows = session.execute(text("SELECT * FROM accounts_by_email(:key)"), {"key": email_key(email)})
    return [Account(*row) for row in rows]


def resolve_access_token(session: Session, token: str) -> dict[str, Any]:
    """Whose token it is, with their levels and grants of this moment; raises `SessionUnknown`."""
    organization_id = organization_of(token)
    if organization_id is None:
        raise SessionUnknown()
    set_tenant(session, organization_id)
    found = session.execute(
        select(SignedIn.id, SignedIn.access_expires_at, Staff.id.label("staff_id"), Staff.levels, Staff.grants)
        .join(Staff, (Staff.organization_id == SignedIn.organization_id) & (Staff.id == SignedIn.staff_id))
        .where(
            SignedIn.organization_id == organization_id,
            SignedIn.access_hash == hash_token(token),
            SignedIn.access_expires_at > clock.now(),
            SignedIn.ended_at.is_(None),
            *still_theirs(),
        )
    ).first()
    if found is None:
        raise SessionUnknown()
    return {
        "session_id": found.id,
        "organization_id": organization_id,
        "staff_id": found.staff_id,
        "levels": found.levels,
        "grants": found.grants,
        "expires_at": found.access_expires_at,
    }


def still_theirs() -> tuple[ColumnExpressionArgument[bool], ...]:
    """That a session's member has not been deactivated since it began."""
    return Staff.active, or_(Staff.signed_out_at.is_(None), SignedIn.created_at > Staff.signed_out_at)


def who_am_i(session: Session, actor: Actor) -> dict[str, Any]:
    """The signed-in person, their organization and what they may do."""
    assert actor.staff_id is not None
    return {
        "staff": one_member(session, actor, actor.staff_id),
        "organization": own_organization(session, actor),
        "levels": sorted(actor.levels),
        "grants": sorted(actor.grants),
        "permissions": sorted(actor.permissions),
    }
