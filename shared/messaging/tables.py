"""The tables of the event path."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, Index, Integer, LargeBinary, Table, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql import UUID as PgUUID

from shared.database.session import COMMON

# `outbox`: events to tell. A row is settled when every awaited consumer has sent its receipt.
OUTBOX = Table(
    "outbox",
    COMMON,
    Column("id", PgUUID(as_uuid=True), primary_key=True),  # also the event's id
    Column("organization_id", PgUUID(as_uuid=True), nullable=False),
    Column("type", Text, nullable=False),
    Column("aggregate_id", PgUUID(as_uuid=True), nullable=False),
    Column("aggregate_version", Integer, nullable=False),
    Column("data", JSONB, nullable=False),
    Column("correlation_id", Text),
    Column("causation_id", PgUUID(as_uuid=True)),
    Column("occurred_at", DateTime(timezone=True), nullable=False),
    Column("awaiting", ARRAY(Text), nullable=False),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("next_try_at", DateTime(timezone=True), nullable=False),
    Column("confirmed_at", DateTime(timezone=True)),
    Column("settled_at", DateTime(timezone=True)),
    Index("ix_outbox_due", "next_try_at", "id", postgresql_where=text("settled_at IS NULL")),
    Index("ix_outbox_settled", "settled_at", postgresql_where=text("settled_at IS NOT NULL")),
)

# `inbox`: events applied, inserted with their effect. One service is one consumer, so the id alone is the key.
INBOX = Table(
    "inbox",
    COMMON,
    Column("event_id", PgUUID(as_uuid=True), primary_key=True),
    Column("organization_id", PgUUID(as_uuid=True), nullable=False),
    Column("type", Text, nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False, index=True),
    Column("receipted_at", DateTime(timezone=True)),
    Index("ix_inbox_unreceipted", "received_at", postgresql_where=text("receipted_at IS NULL")),
)

# `dead_letters`: messages that could not be applied, on both transports the one place to look.
#
# `organization_id` is null where the message could not be read or trusted.
DEAD_LETTERS = Table(
    "dead_letters",
    COMMON,
    Column("id", PgUUID(as_uuid=True), primary_key=True),
    Column("organization_id", PgUUID(as_uuid=True)),
    Column("event_id", PgUUID(as_uuid=True)),
    Column("type", Text, nullable=False),  # routing key
    Column("reason", Text, nullable=False),  # slug
    Column("error", Text, nullable=False),  # class of the error and where, never values
    Column("attempts", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("headers", JSONB, nullable=False),
    Column("parked_at", DateTime(timezone=True), nullable=False),
    Column("receipted_at", DateTime(timezone=True)),
    Column("replayed_at", DateTime(timezone=True)),
    Column("discarded_at", DateTime(timezone=True)),
    Column("discard_reason", Text),
    Index(
        "ix_dead_letters_open",
        "parked_at",
        postgresql_where=text("replayed_at IS NULL AND discarded_at IS NULL"),
    ),
    Index("ix_dead_letters_replayed_at", "replayed_at", postgresql_where=text("replayed_at IS NOT NULL")),
    Index("ix_dead_letters_discarded_at", "discarded_at", postgresql_where=text("discarded_at IS NOT NULL")),
    Index(
        "uq_dead_letters_event_open",
        "event_id",
        unique=True,
        postgresql_where=text("event_id IS NOT NULL AND replayed_at IS NULL AND discarded_at IS NULL"),
    ),
)
