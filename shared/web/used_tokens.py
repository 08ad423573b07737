"""A token for a write is used once: its id is kept with the effect it brought about."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Column, DateTime, Table
from sqlalchemy.dialects.postgresql import UUID as PgUUID
from sqlalchemy.dialects.postgresql import insert

from shared.database.connection import Statement
from shared.database.session import COMMON, Session
from shared.ids import NIL
from shared.keys.actor_token import LEEWAY_SECONDS, BadActorToken, Claims

# The ids of write tokens, inserted with the effect they brought about.
USED_TOKENS = Table(
    "used_tokens",
    COMMON,
    Column("organization_id", PgUUID(as_uuid=True), primary_key=True),
    Column("token_id", PgUUID(as_uuid=True), primary_key=True),
    Column("expires_at", DateTime(timezone=True), nullable=False, index=True),
)


SPEND: Final = (
    b"INSERT INTO used_tokens (organization_id, token_id, expires_at) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"
)


def spending(claims: Claims) -> Statement:
    """The statement that marks a write token as used, to begin the transaction of its effect with."""
    organization_id = claims.actor.organization_id if claims.actor else NIL
    return SPEND, [organization_id, claims.token_id, datetime.fromtimestamp(claims.expires_at + LEEWAY_SECONDS, UTC)]


def ensure_spent(session: Session) -> None:
    """Raises `BadActorToken` where the transaction began with `spending` of a token that was used before."""
    if session.ahead[0].rowcount != 1:
        raise BadActorToken("This token was used before.")


def spend_once(session: Session, organization_id: UUID, token_id: UUID, expires_at: datetime) -> bool:
    """Mark anything good for one use as used; False when it was before. Kept until it has expired."""
    statement = insert(USED_TOKENS).values(organization_id=organization_id, token_id=token_id, expires_at=expires_at)
    return session.execute(statement.on_conflict_do_nothing().returning(USED_TOKENS.c.token_id)).first() is not None
