"""Saying that two clients belong together, and that they do not."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, tuple_

from services.clients.profiles.models import Client
from services.clients.profiles.queries import one_client
from services.clients.relations import queries, rules
from services.clients.relations.models import ClientRelation
from shared import audit, clock
from shared.actor import Caller
from shared.database.session import Session
from shared.errors import NotFound


def relate(session: Session, actor: Caller, client_id: UUID, related_client_id: UUID, kind: str) -> dict[str, Any]:
    """Write down what the related client is to the client, in place of what was there.

    Raises `NotFound` for a client whom the actor may not see, `SameClient`, `TooManyRelated`.
    """
    related = _both(session, actor, client_id, related_client_id)
    before = _pair(session, actor, client_id, related_client_id)
    now = clock.now()
    if not before:
        for whose in (client_id, related_client_id):
            rules.ensure_room(queries.how_many(session, actor, whose))
    for whose, other, what in (
        (client_id, related_client_id, kind),
        (related_client_id, client_id, rules.INVERSE[kind]),
    ):
        stored = before.get(whose)
        if stored is None:
            stored = ClientRelation(
                organization_id=actor.organization_id, client_id=whose, related_client_id=other, kind=what, since=now
            )
            session.add(stored)
        elif stored.kind != what:
            stored.kind, stored.since = what, now
        before[whose] = stored
    session.flush()
    audit.describe(session, object_id=related_client_id, kind=kind)
    return {
        "client_id": related.id,
        "kind": before[client_id].kind,
        "since": before[client_id].since,
        "number": related.number,
        "display_name": related.display_name,
        "status": related.status,
    }


def part(session: Session, actor: Caller, client_id: UUID, related_client_id: UUID) -> None:
    """The two do not belong together. Raises `NotFound` where they did not, or for one whom the actor may not see."""
    _both(session, actor, client_id, related_client_id)
    pairs = ((client_id, related_client_id), (related_client_id, client_id))
    gone = session.scalars(
        delete(ClientRelation)
        .where(
            ClientRelation.organization_id == actor.organization_id,
            tuple_(ClientRelation.client_id, ClientRelation.related_client_id).in_(pairs),
        )
        .returning(ClientRelation.kind)
    ).all()
    if not gone:
        raise NotFound()
    audit.describe(session, object_id=related_client_id)


def _both(session: Session, actor: Caller, client_id: UUID, related_client_id: UUID) -> Client:
    """The related client; both are locked, always in one order, so that two who relate them at once wait in turn."""
    if client_id == related_client_id:
        one_client(session, actor, client_id)
        raise rules.SameClient()
    ordered = sorted((client_id, related_client_id))
    found = {each: one_client(session, actor, each, for_update=True) for each in ordered}
    return found[related_client_id]


def _pair(session: Session, actor: Caller, client_id: UUID, related_client_id: UUID) -> dict[UUID, ClientRelation]:
    """The relation as each of the two sees it, by whose it is."""
    pairs = ((client_id, related_client_id), (related_client_id, client_id))
    found = session.scalars(
        select(ClientRelation).where(
            ClientRelation.organization_id == actor.organization_id,
            tuple_(ClientRelation.client_id, ClientRelation.related_client_id).in_(pairs),
        )
    )
    return {relation.client_id: relation for relation in found}
