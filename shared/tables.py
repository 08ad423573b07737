"""The tables that every service has besides its features' own."""

from __future__ import annotations

from sqlalchemy import MetaData

from shared import audit_tables
from shared.messaging import tables as messaging_tables
from shared.web import idempotency, used_tokens

# Importing these modules declares the tables on `COMMON`.
COMMON_TABLES = (
    messaging_tables.OUTBOX,
    messaging_tables.INBOX,
    messaging_tables.DEAD_LETTERS,
    audit_tables.AUDIT_ENTRIES,
    audit_tables.AUDIT_PENDING,
    idempotency.IDEMPOTENCY_KEYS,
    used_tokens.USED_TOKENS,
)


def add_common_tables(metadata: MetaData) -> None:
    """Copy the common tables into a service's metadata, so that Alembic compares them with the database."""
    for table in COMMON_TABLES:
        table.to_metadata(metadata)
