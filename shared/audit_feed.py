"""Sends a service's audit entries to identity: batches of at most 200, through the outbox like every event."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import Row, delete, select

from shared.audit_tables import AUDIT_ENTRIES, AUDIT_PENDING
from shared.contracts.audit import RECORDED, AuditEntry
from shared.contracts.envelope import TEXT_CHARACTERS_MAX
from shared.database.claim_loop import ClaimLoop
from shared.database.glance import finds
from shared.database.grown_tables import GrownTables
from shared.database.session import Database, Session, set_tenant
from shared.messaging import outbox

POLL_SECONDS: Final = 1.0
ANY_PENDING: Final = "SELECT FROM audit_pending LIMIT 1"
BATCH_ENTRIES: Final = 200
BATCH_CHARACTERS: Final = 100_000  # of details and clients; an event holds at most 256 KB
CLIENT_CHARACTERS: Final = 40  # an id in its quotes, and what separates it from the next


class AuditFeed:
    """The worker's part that empties `audit_pending`. Taking an entry and telling of it are one transaction."""

    def __init__(self, service: str, database: Database) -> None:
        self._service, self._event = service, RECORDED[service]
        self._database = database

    def run(self, stop: threading.Event) -> None:
        """Until `stop` is set."""
        grown = GrownTables(self._database)

        def send_and_look() -> int:
            sent = self.send_some()
            if sent:
                grown.look()  # who does something leaves an entry
            return sent

        ClaimLoop(
            self._service,
            "audit",
            is_due=lambda: any_pending(self._database),
            claim_some=send_and_look,
            seconds=lambda: POLL_SECONDS,
        ).run(stop)

    def send_some(self) -> int:
        """Hand one organization's oldest entries to the outbox; returns how many."""
        return self._database.run(self._send)

    def _send(self, session: Session) -> int:
        organization_id, rows = take_pending(session)
        if organization_id is None:
            return 0
        batch: list[AuditEntry] = []
        characters = 0
        for row in rows:
            entry = as_entry(row)
            size = sum(map(len, entry.details)) + CLIENT_CHARACTERS * len(entry.client_ids)
            if batch and characters + size > BATCH_CHARACTERS:
                outbox.add(session, self._event(organization_id, len(batch), tuple(batch)))
                batch, characters = [], 0
            batch.append(entry)
            characters += size
        outbox.add(session, self._event(organization_id, len(batch), tuple(batch)))
        return len(rows)


def any_pending(database: Database) -> bool:
    """Whether an entry is pending, in somebody's hands or not."""
    return finds(database, ANY_PENDING)


def take_pending(session: Session) -> tuple[UUID | None, Sequence[Row[Any]]]:
    """The organization with the oldest pending entry and its oldest entries, no longer pending; it is the tenant now.

    None when nothing is pending that no other worker has in hand.
    """
    pending, entries = AUDIT_PENDING, AUDIT_ENTRIES
    organization_id = session.scalar(
        select(pending.c.organization_id).order_by(pending.c.entry_id).limit(1).with_for_update(skip_locked=True)
    )
    if organization_id is None:
        return None, ()
    oldest = (
        select(pending.c.entry_id)
        .where(pending.c.organization_id == organization_id)
        .order_by(pending.c.entry_id)
        .limit(BATCH_ENTRIES)
        .with_for_update(skip_locked=True)
    )
    taken = session.scalars(
        delete(pending)
        .where(pending.c.organization_id == organization_id, pending.c.entry_id.in_(oldest))
        .returning(pending.c.entry_id)
    ).all()
    set_tenant(session, organization_id)
    found = select(entries).where(entries.c.organization_id == organization_id, entries.c.id.in_(taken))
    return organization_id, session.execute(found.order_by(entries.c.id)).all()


def as_entry(row: Row[Any]) -> AuditEntry:
    """A row of `audit_entries` as it travels."""
    text = orjson.dumps(row.details, option=orjson.OPT_SORT_KEYS).decode()
    pieces = tuple(text[start : start + TEXT_CHARACTERS_MAX] for start in range(0, len(text), TEXT_CHARACTERS_MAX))
    return AuditEntry(
        id=row.id,
        at=row.at,
        action=row.action,
        outcome=row.outcome,
        actor_id=row.actor_id,
        session_id=row.session_id,
        object_id=row.object_id,
        client_ids=_clients(row),
        rule=row.rule,
        request_id=row.request_id,
        correlation_id=row.correlation_id,
        network=row.network,
        details=pieces if row.details else (),
    )


def _clients(row: Row[Any]) -> tuple[UUID, ...]:
    """Rows that are older than the lists of clients name theirs in `client_id` alone."""
    return tuple(row.client_ids) or ((row.client_id,) if row.client_id else ())
