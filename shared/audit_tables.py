"""The tables of what a service writes down of itself. `shared.audit` fills them, `shared.audit_feed` sends them on."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, Index, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql import UUID as PgUUID

from shared.database.session import COMMON

# The web and worker roles may only insert and read.
AUDIT_ENTRIES = Table(
    "audit_entries",
    COMMON,
    Column("organization_id", PgUUID(as_uuid=True), primary_key=True),
    Column("id", PgUUID(as_uuid=True), primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("actor_id", PgUUID(as_uuid=True)),  # null: the service itself, on an event
    Column("session_id", PgUUID(as_uuid=True)),
    Column("action", Text, nullable=False),
    Column("outcome", Text, nullable=False),  # done | denied
    Column("object_id", PgUUID(as_uuid=True)),
    Column("client_id", PgUUID(as_uuid=True)),  # where it is one client's
    Column("client_ids", ARRAY(PgUUID(as_uuid=True)), nullable=False, server_default="{}"),  # everybody's whose it is
    Column("rule", Text),  # why it was allowed or refused: assigned, author, level, or a problem code
    Column("request_id", Text),
    Column("correlation_id", Text),
    Column("network", Text),  # from where: /24 of IPv4, /48 of IPv6; null on an event
    Column("details", JSONB, nullable=False),
    Index("ix_audit_entries_client", "organization_id", "client_id", "at"),
    Index("ix_audit_entries_actor", "organization_id", "actor_id", "at"),
)

# The rows of `audit_entries` that identity has not been told of yet.
AUDIT_PENDING = Table(
    "audit_pending",
    COMMON,
    Column("organization_id", PgUUID(as_uuid=True), primary_key=True),
    Column("entry_id", PgUUID(as_uuid=True), primary_key=True),
    Index("ix_audit_pending_oldest", "entry_id"),
)
