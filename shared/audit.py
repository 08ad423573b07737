"""What a service writes down of itself: who did, saw or was refused what, for which client, by which rule.

One row per request that succeeded and changed or showed something sensitive, written in the same
transaction, so that nothing happens without its row and no row tells of something that did not happen.
Refusals are written in a transaction of their own. Rows hold ids, slugs and field names, never values.
A trigger queues each row in `audit_pending`, from where `shared.audit_feed` sends it to identity, which
chains the rows of all services into the organization's one audit trail.

Which clients, and by which rule where the service names none, is found out in one place: `shared.web.audit_entries`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from shared import client_network, clock, logs
from shared.actor import Actor
from shared.audit_facts import AuditFacts
from shared.audit_tables import AUDIT_ENTRIES
from shared.database.many_rows import insert_along, insert_rows
from shared.database.session import Session
from shared.errors import Refusal
from shared.ids import new_id

# A row that would name more becomes several of the same request: each must fit into an event.
CLIENTS_PER_ENTRY: Final = 500


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
    """Insert one audit row together with COMMIT, several where it names very many clients.

    The transaction's tenant must be the row's organization.
    """
    organization = organization_id or (actor.organization_id if actor else session.organization_id)
    if organization is None:
        return  # nothing happened in any organization: a failed sign-in with an unknown address
    named = list(dict.fromkeys([*([client_id] if client_id else ()), *client_ids]))
    starts = range(0, max(len(named), 1), CLIENTS_PER_ENTRY)
    facts = {
        **_who_and_what(actor, action, outcome),
        "organization_id": organization,
        "actor_id": actor.actor_id if actor else actor_id,
        "object_id": object_id,
        "client_id": named[0] if len(named) == 1 else None,
        "rule": rule,
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
    insert_along(session, AUDIT_ENTRIES.name, rows)


def record_refusal(
    session: Session,
    actor: Actor,
    action: str,
    refusal: Refusal,
    *,
    object_id: UUID | None = None,
    client_ids: Iterable[UUID] = (),
    details: dict[str, Any] | None = None,
) -> None:
    """Insert the row of a part that was refused because of who asks, where a command goes on with its other parts.

    The edge writes the refusals that end a request. One that says nothing of the actor leaves no row, as there.
    Call it outside the savepoint of the part, which is undone.
    """
    if refusal.denies:
        record(
            session,
            actor,
            action,
            outcome="denied",
            object_id=object_id,
            client_ids=client_ids,
            rule=refusal.rule,
            details=details,
        )


@dataclass(frozen=True, slots=True)
class Happened:
    """One of several things that a service does at once: to what, of which client, because of what."""

    object_id: UUID
    client_id: UUID
    correlation_id: str | None


def record_each(
    session: Session,
    actor: Actor,
    action: str,
    happened: Iterable[Happened],
    *,
    rule: str | None = None,
    details: Mapping[str, Any] = MappingProxyType({}),
) -> None:
    """Insert one audit row for each of several things that were done together, in one statement."""
    facts = {**_who_and_what(actor, action, "done"), "organization_id": actor.organization_id}
    facts |= {"actor_id": actor.actor_id, "rule": rule, "details": dict(details)}
    rows = [
        {
            **facts,
            "id": new_id(),
            "object_id": each.object_id,
            "client_id": each.client_id,
            "client_ids": [each.client_id],
            "correlation_id": each.correlation_id,
        }
        for each in happened
    ]
    insert_rows(session, AUDIT_ENTRIES.name, rows)


def _who_and_what(actor: Actor | None, action: str, outcome: str) -> dict[str, Any]:
    return {
        "at": clock.now(),
        "session_id": actor.session_id if actor else None,
        "action": action,
        "outcome": outcome,
        "request_id": logs.request_id.get(),
        "correlation_id": logs.correlation_id.get(),
        "network": client_network.current.get(),
    }
