"""Appending to the trail, and telling another service where it stands."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import insert as insert_or_not

from services.identity.audit_trail.models import TrailClient, TrailEntry, TrailHead
from services.identity.audit_trail.rules import GENESIS, Link, hash_of
from shared import audit, clock
from shared.audit_feed import ANY_PENDING, POLL_SECONDS, any_pending, as_entry, take_pending
from shared.audit_tables import AUDIT_ENTRIES
from shared.contracts.audit import AuditCheckpoint, AuditEntry
from shared.database.claim_loop import ClaimLoop
from shared.database.glance import finds
from shared.database.grown_tables import GrownTables
from shared.database.many_rows import insert_rows
from shared.database.session import Database, Session, set_tenant
from shared.messaging import outbox

CHECKPOINT_EVERY: Final = timedelta(seconds=60)
CHECKPOINTS_AT_ONCE: Final = 200
_ANY_GROWN: Final = "SELECT FROM audit_heads WHERE seq > checkpoint_seq AND checkpoint_at <= %s LIMIT 1"
_ANY_DUE: Final = f"({ANY_PENDING}) UNION ALL ({_ANY_GROWN}) LIMIT 1"

_SAID: Final = tuple(member.name for member in fields(Link))


def append(session: Session, organization_id: UUID, service: str, entries: Sequence[AuditEntry]) -> int:
    """Chain the entries that are not there yet behind the last one; returns how many those were.

    The tenant is the organization. Its head is locked until the transaction ends: chains never fork.
    """
    head = _locked_head(session, organization_id)
    there = set(
        session.scalars(
            select(TrailEntry.id).where(
                TrailEntry.organization_id == organization_id, TrailEntry.id.in_([entry.id for entry in entries])
            )
        )
    )
    links = []
    now = clock.now()
    for entry in entries:
        if entry.id in there:
            continue
        there.add(entry.id)
        link = _link(organization_id, head.seq + 1, service, entry, now, head.hash)
        head.seq, head.hash = link.seq, link.hash
        links.append(link)
    insert_rows(session, TrailEntry.__tablename__, [_columns(link) for link in links])
    clients = [
        {"organization_id": organization_id, "seq": link.seq, "client_id": client_id, "at": link.at}
        for link in links
        for client_id in link.client_ids
    ]
    insert_rows(session, TrailClient.__tablename__, clients)
    session.flush()
    return len(links)


def record_denials(session: Session, denials: Iterable[Mapping[str, Any]]) -> None:
    """Write down what the gateway refused, before a service was asked. A batch may be repeated."""
    by_organization: dict[UUID, list[dict[str, Any]]] = {}
    for denial in denials:
        row = {**denial, "outcome": "denied", "correlation_id": denial["request_id"]}
        row |= {"client_ids": [denial["client_id"]] if denial["client_id"] else [], "details": {"by": "gateway"}}
        by_organization.setdefault(denial["organization_id"], []).append(row)
    for organization_id, rows in by_organization.items():
        set_tenant(session, organization_id)
        insert_rows(session, AUDIT_ENTRIES.name, rows, on_conflict="DO NOTHING")


def note_filters(session: Session, filters: Mapping[str, Any]) -> None:
    """Who looks into the trail leaves an entry too: which part they asked for, not everybody who is named in it."""
    given = {
        name: ",".join(map(str, value)) if isinstance(value, tuple) else str(value) for name, value in filters.items()
    }
    about = [filters["client_id"]] if filters.get("client_id") else list(filters.get("client_ids", ()))
    audit.describe(session, object_id=filters.get("object_id"), client_ids=about, filters=given)


class TrailKeeper:
    """The worker's part that chains identity's own entries and sends checkpoints."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def run(self, stop: threading.Event) -> None:
        """Until `stop` is set."""
        grown = GrownTables(self._database)

        def any_grown() -> bool:
            return finds(self._database, _ANY_GROWN, clock.now() - CHECKPOINT_EVERY)

        def keep_some() -> int:
            chained = self.chain_own() if any_pending(self._database) else 0
            if chained:
                grown.look()
            return chained or (self.send_checkpoints() if any_grown() else 0)

        ClaimLoop(
            "identity",
            "audit",
            is_due=lambda: finds(self._database, _ANY_DUE, clock.now() - CHECKPOINT_EVERY),
            claim_some=keep_some,
            seconds=lambda: POLL_SECONDS,
        ).run(stop)

    def chain_own(self) -> int:
        """Append one organization's oldest entries of identity's own; returns how many were taken."""

        def work(session: Session) -> int:
            organization_id, rows = take_pending(session)
            if organization_id is None:
                return 0
            append(session, organization_id, "identity", [as_entry(row) for row in rows])
            return len(rows)

        return self._database.run(work)

    def send_checkpoints(self) -> int:
        """Tell of every chain that has grown since it was last told of, each at most once a minute."""
        return self._database.run(self._send_checkpoints)

    def _send_checkpoints(self, session: Session) -> int:
        now = clock.now()
        grown = session.scalars(grown_heads(now).with_for_update(skip_locked=True)).all()
        for head in grown:
            outbox.add(session, AuditCheckpoint(head.organization_id, head.seq, head.hash.hex(), now))
            head.checkpoint_seq, head.checkpoint_at = head.seq, now
        return len(grown)


def grown_heads(now: datetime) -> Select[TrailHead]:
    """Chains that have grown since they were last told of, a while ago; those longest waiting first."""
    return (
        select(TrailHead)
        .where(TrailHead.seq > TrailHead.checkpoint_seq, TrailHead.checkpoint_at <= now - CHECKPOINT_EVERY)
        .order_by(TrailHead.checkpoint_at)
        .limit(CHECKPOINTS_AT_ONCE)
    )


def _locked_head(session: Session, organization_id: UUID) -> TrailHead:
    session.execute(
        insert_or_not(TrailHead)
        .values(
            organization_id=organization_id,
            seq=0,
            hash=GENESIS,
            checkpoint_seq=0,
            checkpoint_at=clock.now() - CHECKPOINT_EVERY,
        )
        .on_conflict_do_nothing()
    )
    statement = select(TrailHead).where(TrailHead.organization_id == organization_id)
    return session.scalars(statement.with_for_update()).one()


def _columns(link: Link) -> dict[str, Any]:
    return {name: getattr(link, name) for name in _SAID}


def _link(
    organization_id: UUID, seq: int, service: str, entry: AuditEntry, recorded_at: Any, previous_hash: bytes
) -> Link:
    link = Link(
        organization_id=organization_id,
        seq=seq,
        id=entry.id,
        service=service,
        at=entry.at,
        recorded_at=recorded_at,
        action=entry.action,
        outcome=entry.outcome,
        actor_id=entry.actor_id,
        session_id=entry.session_id,
        object_id=entry.object_id,
        client_ids=tuple(dict.fromkeys(entry.client_ids)),
        rule=entry.rule,
        request_id=entry.request_id,
        correlation_id=entry.correlation_id,
        network=entry.network,
        details=orjson.loads("".join(entry.details)) if entry.details else {},
        previous_hash=previous_hash,
    )
    return replace(link, hash=hash_of(link))
