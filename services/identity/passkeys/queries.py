"""Reading passkeys, and for whom they are made."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import exists, select

from services.identity.config import public_url
from services.identity.passkeys.models import Passkey
from services.identity.passkeys.rules import RelyingParty
from shared.actor import Person
from shared.database.session import Session
from shared.errors import NotFound


def relying_party(session: Session) -> RelyingParty:
    """For whom passkeys are made here. Raises `NoDomain`."""
    return RelyingParty.of(public_url(session))


def passkeys_of(session: Session, organization_id: UUID, staff_id: UUID) -> Sequence[Passkey]:
    """All passkeys of a member, oldest first; there are at most `rules.PER_MEMBER_MAX`."""
    statement = select(Passkey).where(Passkey.organization_id == organization_id, Passkey.staff_id == staff_id)
    return session.scalars(statement.order_by(Passkey.id)).all()


def has_passkey(session: Session, organization_id: UUID, staff_id: UUID) -> bool:
    """Whether a member has any."""
    statement = exists().where(Passkey.organization_id == organization_id, Passkey.staff_id == staff_id)
    return bool(session.scalar(select(statement)))


def own_passkey(session: Session, actor: Person, passkey_id: UUID, *, for_update: bool = False) -> Passkey:
    """One of one's own; raises `NotFound`. Locked until the transaction ends when `for_update`."""
    passkey = session.get(Passkey, (actor.organization_id, passkey_id), with_for_update=for_update or None)
    if passkey is None or passkey.staff_id != actor.staff_id:
        raise NotFound()
    return passkey
