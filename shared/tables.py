"""The tables that every service has besides its features' own."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import MetaData, Table

from shared.audit import audit_pending_table, audit_table
from shared.messaging.tables import dead_letters_table, inbox_table, outbox_table
from shared.web.idempotency import idempotency_keys_table
from shared.web.used_tokens import used_tokens_table


@dataclass(frozen=True, slots=True)
class ServiceTables:
    """The common tables of one service; a session carries them in `session.info["tables"]`."""

    metadata: MetaData
    outbox: Table
    inbox: Table
    dead_letters: Table
    audit_entries: Table
    audit_pending: Table
    idempotency_keys: Table
    used_tokens: Table


def service_tables(metadata: MetaData) -> ServiceTables:
    """Create the common tables on a service's metadata."""
    return ServiceTables(
        metadata=metadata,
        outbox=outbox_table(metadata),
        inbox=inbox_table(metadata),
        dead_letters=dead_letters_table(metadata),
        audit_entries=audit_table(metadata),
        audit_pending=audit_pending_table(metadata),
        idempotency_keys=idempotency_keys_table(metadata),
        used_tokens=used_tokens_table(metadata),
    )
