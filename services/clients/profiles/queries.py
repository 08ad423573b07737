"""Reading clients: whom an actor may see, lists, search, likely duplicates."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, true
from sqlalchemy.orm import Session

from services.clients.assignments.models import Assignment
from services.clients.profiles import rules
from services.clients.profiles.models import Client, ClientToken
from shared.actor import Actor
from shared.errors import NotFound
from shared.web.paging import paginate

DUPLICATES_LOOKED_AT_MAX = 50
DUPLICATES_MAX = 10


def visible(actor: Actor) -> ColumnElement[bool]:
    """The condition for clients whose basic data the actor may see: all of the organization, or only the assigned."""
    own = Client.organization_id == actor.organization_id
    if not actor.sees_assigned_only:
        return own
    assigned = exists().where(
        Assignment.organization_id == Client.organization_id,
        Assignment.client_id == Client.id,
        Assignment.staff_id == actor.staff_id,
        Assignment.active,
    )
    return and_(own, assigned)


def one_client(session: Session, actor: Actor, client_id: UUID, *, for_update: bool = False) -> Client:
    """A client that the actor may see; raises `NotFound`."""
    statement = select(Client).where(visible(actor), Client.id == client_id)
    found = session.scalars(statement.with_for_update(of=Client) if for_update else statement).first()
    if found is None:
        raise NotFound()
    return found


def list_clients(session: Session, actor: Actor, limit: int, cursor: str | None, status: str | None) -> dict[str, Any]:
    """One page of clients by family name."""
    return _page(session, _of_status(select(Client).where(visible(actor)), status), limit, cursor)


def search_clients(
    session: Session, actor: Actor, query: str, status: str | None, limit: int, cursor: str | None
) -> dict[str, Any]:
    """One page of clients for each of whose search words some part of the name begins with it."""
    statement = _of_status(select(Client).where(visible(actor)), status)
    tokens = rules.search_tokens(query)
    if not tokens:
        return {"items": [], "next_cursor": None}
    # The longest word is the rarest: it drives the search, the others only filter.
    for token in sorted(tokens, key=len, reverse=True):
        statement = statement.where(
            Client.id.in_(
                select(ClientToken.client_id).where(
                    ClientToken.organization_id == actor.organization_id,
                    ClientToken.token.startswith(token, autoescape=True),
                )
            )
        )
    return _page(session, statement, limit, cursor)


def possible_duplicates(session: Session, actor: Actor, client: Client) -> list[dict[str, Any]]:
    """Clients that may be the same person, at most ten, with the reason; only ones that the actor may see."""
    contact: ColumnElement[bool] = or_(
        Client.phone == client.phone if client.phone else ~true(),
        Client.email_key == client.email_key if client.email_key else ~true(),
    )
    statement = (
        select(Client)
        .where(visible(actor), Client.id != client.id)
        .where(or_(Client.date_of_birth == client.date_of_birth, contact))
        .limit(DUPLICATES_LOOKED_AT_MAX)
    )
    found = []
    for other in session.scalars(statement):
        reason = rules.duplicate_reason(
            client.tokens,
            client.date_of_birth,
            client.contacts,
            other.tokens,
            other.date_of_birth,
            other.contacts,
        )
        if reason:
            found.append({"id": other.id, "display_name": other.display_name, "reason": reason})
    return found[:DUPLICATES_MAX]


def _of_status(statement: Select[Client], status: str | None) -> Select[Client]:
    return statement.where(Client.status == status) if status else statement


def _page(session: Session, statement: Select[Client], limit: int, cursor: str | None) -> dict[str, Any]:
    keys = [Client.family_name, Client.given_name, Client.id]
    return paginate(session, statement, keys, limit=limit, cursor=cursor)
