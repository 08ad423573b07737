"""Reading pairs of clients who may be the same person: only pairs of which somebody may see both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, and_, exists, not_, select, tuple_

from services.clients.assignments.models import Assignment
from services.clients.duplicates.models import ClientPair
from services.clients.profiles import rules
from services.clients.profiles.models import Client
from services.clients.profiles.queries import assigned_to_actor
from shared import audit
from shared.actor import Caller, Person
from shared.database.session import Session
from shared.errors import NotFound
from shared.web.paging import paginate

_SHOWN: Final = ("id", "client_ids", "score", "reasons", "found_at", "dismissed_by", "dismissed_at")


def list_pairs(session: Session, actor: Caller, limit: int, cursor: str | None, dismissed: bool) -> dict[str, Any]:
    """One page of pairs, the likeliest first; `dismissed`: those of which somebody said that they are two people."""
    kept = ClientPair.dismissed_at.is_not(None) if dismissed else ClientPair.dismissed_at.is_(None)
    page = paginate(
        session,
        _seen(actor).where(kept),
        [ClientPair.score, ClientPair.id],
        limit=limit,
        cursor=cursor,
        descending=True,
        about=str(dismissed),
    )
    whose = dict.fromkeys(client_id for pair in page["items"] for client_id in pair.client_ids)
    audit.describe(session, client_ids=list(whose), rule=rules.seen_by(assigned=actor.sees_assigned_only))
    return {**page, "items": shown(session, page["items"])}


def read_pair(session: Session, actor: Caller, duplicate_id: UUID) -> dict[str, Any]:
    """A pair as an answer shows it; raises `NotFound`."""
    return shown(session, [one_pair(session, actor, duplicate_id)])[0]


def shown(session: Session, pairs: Sequence[ClientPair]) -> list[dict[str, Any]]:
    """Pairs as answers show them, with both clients. Whose they are, is decided before."""
    wanted = {(pair.organization_id, client_id) for pair in pairs for client_id in pair.client_ids}
    if not wanted:
        return []
    found = session.scalars(select(Client).where(tuple_(Client.organization_id, Client.id).in_(wanted)))
    clients = {client.id: client for client in found}
    return [
        {
            **{name: getattr(pair, name) for name in _SHOWN},
            "clients": [clients[client_id] for client_id in pair.client_ids],
        }
        for pair in pairs
    ]


def one_pair(session: Session, actor: Caller, duplicate_id: UUID, *, for_update: bool = False) -> ClientPair:
    """A pair of clients both of whom the actor may see; raises `NotFound`."""
    statement = _seen(actor).where(ClientPair.id == duplicate_id)
    pair = session.scalars(statement.with_for_update(of=ClientPair) if for_update else statement).first()
    if pair is None:
        raise NotFound()
    seen = rules.seen_by(assigned=actor.sees_assigned_only)
    audit.describe(session, object_id=pair.id, client_ids=pair.client_ids, rule=seen)
    return pair


def _seen(actor: Caller) -> Select[ClientPair]:
    """Pairs of which the actor may see both, and neither was merged since. Who is narrowed reads from their own
    assignments on, and nobody else's: the time that it takes tells nothing of other clients.
    """
    merged = exists().where(
        Client.organization_id == ClientPair.organization_id,
        Client.id.in_((ClientPair.client_id, ClientPair.other_id)),
        Client.merged_into.is_not(None),
    )
    own = select(ClientPair).where(ClientPair.organization_id == actor.organization_id, not_(merged))
    if not actor.sees_assigned_only or not isinstance(actor, Person):
        return own
    mine = and_(Assignment.organization_id == ClientPair.organization_id, Assignment.client_id == ClientPair.client_id)
    return own.join(Assignment, mine).where(
        Assignment.organization_id == actor.organization_id,
        Assignment.staff_id == actor.staff_id,
        Assignment.active,
        assigned_to_actor(actor, ClientPair.other_id),
    )
