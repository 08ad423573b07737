"""Counting what clients knows of two clients who are one person."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import exists, func, select

from services.clients.assignments.models import Assignment
from services.clients.duplicates.models import ClientPair
from services.clients.duplicates.rules import pair_key
from services.clients.profiles.queries import one_client
from services.clients.relations.models import ClientRelation
from services.clients.relations.queries import related
from services.clients.tags.models import ClientTag
from shared.actor import Person
from shared.client_merges import Merge, ensure_two
from shared.database.session import Session

COLLIDES: Final = {
    "related": "They stand as related to each other.",
    "two_people": "Somebody said that they are not the same person.",
}


def preview(session: Session, actor: Person, merge: Merge) -> dict[str, Any]:
    """What would move from one client to the other, and what collides.

    Of related clients those whom the actor may not see are not counted. Raises `NotFound`, `MergeOfSelf`,
    `MergeOfArchived`.
    """
    ends, stays = (one_client(session, actor, client_id) for client_id in merge.client_ids)
    ensure_two(merge, ends.status, stays.status)
    here = actor.organization_id
    assigned = (Assignment.organization_id == here, Assignment.client_id == ends.id, Assignment.active)
    others = related(actor, ends.id).where(ClientRelation.related_client_id != stays.id)
    tagged = (ClientTag.organization_id == here, ClientTag.client_id == ends.id)
    moves = {
        "staff": session.scalars(select(func.count()).where(*assigned)).one(),
        "contacts": len(ends.contacts),
        "related_clients": session.scalars(select(func.count()).select_from(others.subquery())).one(),
        "tags": session.scalars(select(func.count()).where(*tagged)).one(),
    }
    first, second = pair_key(ends.id, stays.id)
    found = {
        "related": exists().where(
            ClientRelation.organization_id == here,
            ClientRelation.client_id == ends.id,
            ClientRelation.related_client_id == stays.id,
        ),
        "two_people": exists().where(
            ClientPair.organization_id == here,
            ClientPair.client_id == first,
            ClientPair.other_id == second,
            ClientPair.dismissed_at.is_not(None),
        ),
    }
    return merge.preview(moves, [code for code, condition in found.items() if session.scalar(select(condition))])
