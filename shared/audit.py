"""What a service writes down of itself: who did, saw or was refused what, for which client, by which rule.

One row per request that succeeded and changed or showed something sensitive, written in the same
transaction, so that nothing happens without its row and no row tells of something that did not happen.
Refusals are written in a transaction of their own. Rows hold ids, slugs and field names, never values.
A trigger queues each row in `audit_pending`, from where `shared.audit_feed` sends it to identity, which
chains the rows of all services into the organization's one audit trail.

Which clients, and by which rule where the service names none, is found out in one place: `shared.web.audit_entries`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Column, DateTime, Index, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert
from sqlalchemy.dialects.postgresql import UUID as PgUUID

from shared import client_network, clock, logs
from shared.actor import Actor
from shared.audit_facts import AuditFacts
from shared.database.session import COMMON, Session
from shared.ids import new_id

# A row that would name more becomes several of the same request: each must fit into an event.
CLIENTS_PER_ENTRY: Final = 500


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


def describe(
    session: Session,
    *,
    actor_id: UUID | None = None,
    object_id: UUID | None = None,
    client_id: UUID | None = None,
    client_ids: Iterable[UUID] | None = None,
    rule: str | None = None,
    **details: Any,
) -> None:
    """Add facts to the row that the edge writes for the running request. Ids, slugs, counts, field names only.

    `actor_id` where nobody was signed in before: who signs in, or accepts an invitation. Clients add up; once any were
    named, be it none of them, the edge looks for no others in the request and its answer.
    """
    facts = session.audit
    facts.details.update(details)
    facts.actor_id = actor_id or facts.actor_id
    facts.object_id = object_id or facts.object_id
    facts.rule = rule if rule is not None else facts.rule
    if client_id is not None or client_ids is not None:
        named = [*(facts.client_ids or ()), *([client_id] if client_id else ()), *(client_ids or ())]
        facts.client_ids = list(dict.fromkeys(named))


def describe_as_harmless(session: Session) -> None:
    """What this read shows to this person stands on the practice's door, or is their own: no row is written."""
    session.audit.harmless = True


def describe_anew(session: Session, **details: Any) -> None:
    """Drop what was described so far, of one object after the other, and describe the request as a whole."""
    session.audit = AuditFacts()
    describe(session, **details)


def record(
    session: Session,
    actor: Actor | None,
    action: str,
    *,
    outcome: str = "done",
    organization_id: UUID | None = None,
    actor_id: UUID | None = None,
    object_id: UUID | None = None,
    client_id: UUID | None = None,
    client_ids: Iterable[UUID] = (),
    rule: str | None = None,
    details: dict[str, Any] | None = None,
) -> None:
    """Insert one audit row now, several where it names very many clients.

    The transaction's tenant must be the row's organization.
    """
    organization = organization_id or (actor.organization_id if actor else session.organization_id)
    if organization is None:
        return  # nothing happened in any organization: a failed sign-in with an unknown address
    named = list(dict.fromkeys([*([client_id] if client_id else ()), *client_ids]))
    starts = range(0, max(len(named), 1), CLIENTS_PER_ENTRY)
    facts = {
        "organization_id": organization,
        "at": clock.now(),
        "actor_id": actor.staff_id if actor else actor_id,
        "session_id": actor.session_id if actor else None,
        "action": action,
        "outcome": outcome,
        "object_id": object_id,
        "client_id": named[0] if len(named) == 1 else None,
        "rule": rule,
        "request_id": logs.request_id.get(),
        "correlation_id": logs.correlation_id.get(),
        "network": client_network.current.get(),
    }
    rows = [
        {
            **facts,
            "id": new_id(),
            "client_ids": named[start : start + CLIENTS_PER_ENTRY],
            "details": {**(details or {}), **({"part": number, "parts": len(starts)} if len(starts) > 1 else {})},
        }
        for number, start in enumerate(starts, 1)
    ]
    session.execute(insert(AUDIT_ENTRIES).values(rows))
