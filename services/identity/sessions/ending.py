"""Signing out: of this session, of another one, or everywhere."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import update

from services.identity.mailed_tokens.commands import void_tokens_of
from services.identity.mailed_tokens.rules import EMAIL_CHANGE
from services.identity.sign_ins.models import SignedIn
from shared import clock
from shared.actor import Person
from shared.database.session import Session
from shared.errors import NotFound


def end_session(session: Session, actor: Person) -> None:
    """Sign out: the tokens of this session mean nothing from now on."""
    signed_in = session.get(SignedIn, (actor.organization_id, actor.session_id), with_for_update=True)
    if signed_in is not None and signed_in.ended_at is None:
        signed_in.ended_at, signed_in.end_reason = clock.now(), "signed_out"


def end_one_session(session: Session, actor: Person, session_id: UUID) -> None:
    """Sign one of one's own sessions out, wherever it is. Raises `NotFound`."""
    signed_in = session.get(SignedIn, (actor.organization_id, session_id), with_for_update=True)
    if signed_in is None or signed_in.staff_id != actor.staff_id or signed_in.ended_at is not None:
        raise NotFound()
    signed_in.ended_at, signed_in.end_reason = clock.now(), "elsewhere"


def end_sessions_of(
    session: Session, organization_id: UUID, staff_id: UUID, reason: str, *, but: UUID | None = None
) -> int:
    """Sign somebody out everywhere, `but` in one session; returns how many sessions that ended."""
    statement = update(SignedIn).where(
        SignedIn.organization_id == organization_id, SignedIn.staff_id == staff_id, SignedIn.ended_at.is_(None)
    )
    if but is not None:
        statement = statement.where(SignedIn.id != but)
    ended = session.execute(statement.values(ended_at=clock.now(), end_reason=reason).returning(SignedIn.id))
    return len(ended.all())


def sign_out_everywhere(session: Session, actor: Person, *, keep_current: bool) -> int:
    """End one's own sessions, and the links that would change one's address: an intruder may have asked for them.

    Returns how many sessions that ended.
    """
    void_tokens_of(session, actor.organization_id, actor.staff_id, EMAIL_CHANGE)
    but = actor.session_id if keep_current else None
    return end_sessions_of(session, actor.organization_id, actor.staff_id, "signed_out", but=but)
