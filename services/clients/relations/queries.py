"""Reading which clients belong together."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, select

from services.clients.profiles import rules
from services.clients.profiles.models import Client
from services.clients.profiles.queries import visible
from services.clients.relations.models import ClientRelation
from shared import audit
from shared.actor import Caller
from shared.database.session import Session
from shared.web.paging import paginate


def of_client(session: Session, actor: Caller, client_id: UUID, limit: int, cursor: str | None) -> dict[str, Any]:
    """One page of the related clients whom the actor may see. The caller has made sure of the client."""
    page = paginate(
        session,
        related(actor, client_id).add_columns(
            ClientRelation.related_client_id,
            ClientRelation.kind,
            ClientRelation.since,
            Client.number,
            Client.given_name,
            Client.family_name,
            Client.preferred_name,
            Client.status,
        ),
        [ClientRelation.related_client_id],
        limit=limit,
        cursor=cursor,
        scalars=False,
    )
    items = [
        {
            "client_id": row.related_client_id,
            "kind": row.kind,
            "since": row.since,
            "number": row.number,
            "display_name": rules.display_name(row.given_name, row.family_name, row.preferred_name),
            "status": row.status,
        }
        for row in page["items"]
    ]
    audit.describe(session, client_ids=[item["client_id"] for item in items])
    return {**page, "items": items}


def how_many(session: Session, actor: Caller, client_id: UUID) -> int:
    """How many related clients the actor sees: a limit that counted others would tell of them."""
    return session.scalar(select(func.count()).select_from(related(actor, client_id).subquery())) or 0


def related(actor: Caller, client_id: UUID) -> Select[*tuple[Any, ...]]:
    """The relations of a client to clients whom the actor may see."""
    return (
        select(ClientRelation.client_id)
        .join(
            Client,
            and_(
                Client.organization_id == ClientRelation.organization_id, Client.id == ClientRelation.related_client_id
            ),
        )
        .where(
            ClientRelation.organization_id == actor.organization_id,
            ClientRelation.client_id == client_id,
            visible(actor),
        )
    )
