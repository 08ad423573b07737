"""The chain, and where each organization's stands."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql import UUID as PgUUID
from sqlalchemy.orm import Mapped, mapped_column

from services.identity.tables import Base

# Reads are called after what is read (`note.read`), changes after what was asked for (`post_note`).
CHANGES = "outcome = 'done' AND strpos(action, '.') = 0"
READS = "outcome = 'done' AND strpos(action, '.') > 0"


class TrailEntry(Base):
    """One entry of any service. No role of ours may change or delete one; the web role only reads."""

    __tablename__ = "audit_trail"
    __table_args__ = (
        UniqueConstraint("organization_id", "id", name="uq_audit_trail_id"),
        Index("ix_audit_trail_at", "organization_id", "at", "seq"),
        Index("ix_audit_trail_actor", "organization_id", "actor_id", "at", "seq"),
        Index("ix_audit_trail_object", "organization_id", "object_id", "at", "seq"),
        Index("ix_audit_trail_action", "organization_id", "action", "at", "seq"),
        Index("ix_audit_trail_denied", "organization_id", "at", "seq", postgresql_where=text("outcome = 'denied'")),
        Index("ix_audit_trail_changes", "organization_id", "at", "seq", postgresql_where=text(CHANGES)),
    )

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    id: Mapped[UUID]
    service: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    action: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(Text)
    actor_id: Mapped[UUID | None]
    session_id: Mapped[UUID | None]
    object_id: Mapped[UUID | None]
    client_ids: Mapped[list[UUID]] = mapped_column(ARRAY(PgUUID(as_uuid=True)))
    rule: Mapped[str | None] = mapped_column(Text)
    request_id: Mapped[str | None] = mapped_column(Text)
    correlation_id: Mapped[str | None] = mapped_column(Text)
    network: Mapped[str | None] = mapped_column(Text)
    details: Mapped[dict[str, Any]] = mapped_column(JSONB)
    previous_hash: Mapped[bytes]
    hash: Mapped[bytes]

    @property
    def client_id(self) -> UUID | None:
        """The client, where it is one client's."""
        return self.client_ids[0] if len(self.client_ids) == 1 else None


class TrailClient(Base):
    """Where to find a client's entries: a row for every client of every entry, made with it and as unchangeable.

    A table, because row-level security keeps the operators of arrays off an index.
    """

    __tablename__ = "audit_trail_clients"
    __table_args__ = (Index("ix_audit_trail_clients_client", "organization_id", "client_id", "at", "seq"),)

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    client_id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime]


class TrailHead(Base):
    """Where a chain stands, and up to where another service has been told."""

    __tablename__ = "audit_heads"
    __table_args__ = (Index("ix_audit_heads_grown", "checkpoint_at", postgresql_where=text("seq > checkpoint_seq")),)

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, default=0)
    hash: Mapped[bytes]
    checkpoint_seq: Mapped[int] = mapped_column(BigInteger, default=0)
    checkpoint_at: Mapped[datetime]
