"""Reading clients: whom an actor may see, lists, search, likely duplicates."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, false, literal, or_, select, tuple_
from sqlalchemy.orm import Session

from services.clients.assignments.models import Assignment
from services.clients.profiles import rules
from services.clients.profiles.models import Client, ClientToken
from shared.actor import Actor
from shared.errors import Invalid, NotFound

DUPLICATES_LOOKED_AT_MAX = 50
DUPLICATES_MAX = 10
AFTER_EVERY_LETTER = "\U0010ffff"  # no letter has this code point


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
    return _page(session, actor, _of_status(select(Client).where(visible(actor)), status), limit, cursor)


def search_clients(
    session: Session, actor: Actor, query: str, status: str | None, limit: int, cursor: str | None
) -> dict[str, Any]:
    """One page of clients for each of whose search words some part of the name begins with it."""
    statement = _of_status(select(Client).where(visible(actor)), status)
    tokens = rules.search_tokens(query)[: rules.QUERY_TOKENS_MAX]
    if not tokens:
        return {"items": [], "next_cursor": None}
    for token in tokens:
        named = select(ClientToken.client_id).where(
            ClientToken.organization_id == actor.organization_id, _begins_with(token)
        )
        statement = statement.where(Client.id.in_(named))
    return _page(session, actor, statement, limit, cursor)


def possible_duplicates(session: Session, actor: Actor, client: Client) -> list[dict[str, Any]]:
    """Clients that may be the same person, at most ten, with the reason; only ones that the actor may see."""
    contacts = ((Client.phone, client.phone), (Client.email_key, client.email_key))
    same_contact = or_(false(), *(column == value for column, value in contacts if value))
    same_birth = Client.date_of_birth == client.date_of_birth
    shares_name = exists().where(
        ClientToken.organization_id == Client.organization_id,
        ClientToken.client_id == Client.id,
        ClientToken.token.in_(client.tokens),
    )
    statement = (
        select(Client)
        .where(visible(actor), Client.id != client.id)
        .where(or_(same_birth, same_contact))  # each has its index
        # Filtered here too, so that the limit cuts likely duplicates only, not people who share a birth date.
        .where(or_(shares_name, and_(same_birth, same_contact)))
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


def _begins_with(token: str) -> ColumnElement[bool]:
    """A range, not LIKE: row-level security keeps operators that are not leakproof, LIKE among them, off the index."""
    begin, end = literal(token), literal(token + AFTER_EVERY_LETTER)
    return and_(ClientToken.token.bool_op("~>=~")(begin), ClientToken.token.bool_op("~<~")(end))


def _page(session: Session, actor: Actor, statement: Select[Client], limit: int, cursor: str | None) -> dict[str, Any]:
    order = (Client.family_name, Client.given_name, Client.id)
    if cursor is not None:
        statement = statement.where(tuple_(*order) > _position(session, actor, cursor))
    found = list(session.scalars(statement.order_by(*order).limit(limit + 1)))
    return {"items": found[:limit], "next_cursor": str(found[limit - 1].id) if len(found) > limit else None}


def _position(session: Session, actor: Actor, cursor: str) -> ColumnElement[Any]:
    """Where the page before ended. The cursor is that client's id: a name in it would be a name in an address."""
    try:
        last = one_client(session, actor, UUID(cursor))
    except (ValueError, NotFound) as error:
        raise Invalid.field("cursor", "invalid", "Give the next_cursor of the page before.") from error
    return tuple_(literal(last.family_name), literal(last.given_name), literal(last.id))
