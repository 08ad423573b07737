"""Deletes what has done its duty: settled events, old inbox rows, expired keys. In bounded batches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.database import Database

if TYPE_CHECKING:
    from shared.service import Service

BATCH_ROWS: Final = 1_000
# Outbox and inbox are kept as long as a database may have to be restored to an earlier moment.
EVENT_DAYS: Final = 35
KEY_DAYS: Final = 7

_WHAT: Final = (
    ("outbox", "id", f"settled_at < now() - interval '{EVENT_DAYS} days'"),
    ("inbox", "event_id", f"received_at < now() - interval '{EVENT_DAYS} days' AND receipted_at IS NOT NULL"),
    ("idempotency_keys", "ctid", f"created_at < now() - interval '{KEY_DAYS} days'"),
    ("used_tokens", "ctid", "expires_at < now() - interval '1 hour'"),
)


def purge(database: Database) -> dict[str, int]:
    """Delete everything past its retention; returns the rows deleted per table."""
    deleted = {}
    for table, key, condition in _WHAT:
        statement = text(
            f"DELETE FROM {table} WHERE {key} = ANY(ARRAY("
            f"SELECT {key} FROM {table} WHERE {condition} LIMIT {BATCH_ROWS} FOR UPDATE SKIP LOCKED))"
        )

        def batch(session: Session, statement: object = statement) -> int:
            return int(session.execute(statement).rowcount)  # type: ignore[call-overload]

        total = 0
        while (count := database.run(batch)) > 0:
            total += count
        deleted[table] = total
    return deleted


def main(_service: Service, database: Database) -> int:
    """Purge and say what was deleted."""
    for table, count in purge(database).items():
        print(f"{table}: {count} rows deleted")
    return 0
