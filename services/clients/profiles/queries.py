"""Reading clients: whom an actor may see, lists, search, likely duplicates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, and_, exists, false, func, literal, or_, select, true, tuple_
from sqlalchemy.orm import aliased

from services.clients.assignments.models import Assignment
from services.clients.profiles import rules
from services.clients.profiles.models import Client, ClientToken
from shared import audit
from shared.actor import Caller, Program
from shared.database.session import Session
from shared.errors import Invalid, NotFound
from shared.web.paging import Orders

DUPLICATES_LOOKED_AT_MAX = 50
DUPLICATES_MAX = 10
COUNTED_MAX = 2_000
ORDERS = Orders({"name": (Client.family_name, Client.given_name, Client.id), "created_at": (Client.id,)}, "name")
AFTER_EVERY_LETTER = "\U0010ffff"  # no letter has this code point


def visible(actor: Caller) -> ColumnElement[bool]:
    """The condition for clients whose basic data the actor may see: all of the organization, or only the assigned."""
    own = Client.organization_id == actor.organization_id
    return and_(own, _assigned(actor)) if actor.sees_assigned_only else own


def one_client(session: Session, actor: Caller, client_id: UUID, *, for_update: bool = False) -> Client:
    """A client that the actor may see; raises `NotFound`."""
    statement = select(Client, _assigned(actor)).where(visible(actor), Client.id == client_id)
    found = session.execute(statement.with_for_update(of=Client) if for_update else statement).first()
    if found is None:
        raise NotFound()
    client, assigned = found
    audit.describe(session, client_id=client.id, rule=rules.seen_by(assigned=assigned))
    return client


def list_clients(
    session: Session, actor: Caller, limit: int, cursor: str | None, status: str | None, sort: str
) -> dict[str, Any]:
    """One page of clients in one of `ORDERS`.

    The cursor is the last client's id, not their name: it stands in the address of the next page.
    """
    statement = select(Client).where(visible(actor), _of_status(status))
    order, descending = ORDERS.of(sort)
    if cursor is not None:
        last = session.scalars(select(Client).where(visible(actor), Client.id == _cursor_id(cursor))).first()
        if last is None:
            raise _wrong_cursor()
        position = tuple_(*(literal(getattr(last, str(key.key))) for key in order))
        statement = statement.where(tuple_(*order) < position if descending else tuple_(*order) > position)
    statement = statement.order_by(*(key.desc() if descending else key.asc() for key in order))
    return _page(session, actor, list(session.scalars(statement.limit(limit + 1))), limit)


def search_clients(
    session: Session, actor: Caller, query: str, status: str | None, limit: int, cursor: str | None
) -> dict[str, Any]:
    """One page of clients for each of whose search words some part of the name begins with it.

    They come in the order of that part which begins with the rarest word, then by name: so the index is read from
    its place on until the page is full, however many clients there are.
    """
    words = rules.search_tokens(query)[: rules.QUERY_TOKENS_MAX]
    if not words:
        return _page(session, actor, [], limit)
    drives, last_id = _search_cursor(cursor, words) if cursor is not None else (_rarest(session, actor, words), None)
    statement = (
        select(Client, ClientToken.token, ClientToken.name)
        .join(Client, and_(Client.organization_id == ClientToken.organization_id, Client.id == ClientToken.client_id))
        .where(visible(actor), ClientToken.organization_id == actor.organization_id)
        .where(_begins_with(ClientToken, words[drives]))
        # Several parts of one name may begin with the same word: the first stands for the client.
        .where(ClientToken.token == _first_part(words[drives]))
        .where(*(_first_part(word).is_not(None) for word in words if word != words[drives]))
    )
    order = (ClientToken.token, ClientToken.name, ClientToken.client_id)
    if last_id is not None:
        last = session.execute(statement.where(ClientToken.client_id == last_id)).first()
        if last is None:
            raise _wrong_cursor()
        statement = statement.where(tuple_(*order) > tuple_(literal(last.token), literal(last.name), literal(last_id)))
    found = list(session.scalars(statement.where(_of_status(status)).order_by(*order).limit(limit + 1)))
    return _page(session, actor, found, limit, f"{drives}.")


def possible_duplicates(session: Session, actor: Caller, client: Client) -> list[dict[str, Any]]:
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


def _assigned(actor: Caller) -> ColumnElement[bool]:
    if isinstance(actor, Program):
        return false()
    return exists().where(
        Assignment.organization_id == Client.organization_id,
        Assignment.client_id == Client.id,
        Assignment.staff_id == actor.staff_id,
        Assignment.active,
    )


def _of_status(status: str | None) -> ColumnElement[bool]:
    return Client.status == status if status else true()


def _begins_with(tokens: type[ClientToken], word: str) -> ColumnElement[bool]:
    """A range, not LIKE: row-level security keeps operators that are not leakproof, LIKE among them, off the index."""
    return and_(tokens.token >= literal(word), tokens.token < literal(word + AFTER_EVERY_LETTER))


def _first_part(word: str) -> ScalarSelect[str]:
    """The first part of the same client's name that begins with `word`, or null.

    A scalar, not EXISTS, which the planner would turn into a join with every part that begins so: one look into the
    primary key per row read costs little, because reading stops at a full page.
    """
    other = aliased(ClientToken)
    return (
        select(func.min(other.token))
        .where(
            other.organization_id == ClientToken.organization_id,
            other.client_id == ClientToken.client_id,
            _begins_with(other, word),
        )
        .scalar_subquery()
    )


def _rarest(session: Session, actor: Caller, words: Sequence[str]) -> int:
    """Which word the fewest names have, by its place. Counted up to a limit; of common words the longest is taken."""
    if len(words) == 1:
        return 0

    def how_many(place: int) -> int:
        some = (
            select(ClientToken.client_id)
            .where(ClientToken.organization_id == actor.organization_id, _begins_with(ClientToken, words[place]))
            .limit(COUNTED_MAX)
        )
        return session.scalar(select(func.count()).select_from(some.subquery())) or 0

    return min(range(len(words)), key=lambda place: (how_many(place), -len(words[place])))


def _page(session: Session, actor: Caller, found: list[Client], limit: int, cursor_prefix: str = "") -> dict[str, Any]:
    """What is shown; whose data that is, is on record."""
    more = len(found) > limit
    shown = [client.id for client in found[:limit]]
    audit.describe(session, client_ids=shown, rule=rules.seen_by(assigned=actor.sees_assigned_only))
    return {"items": found[:limit], "next_cursor": f"{cursor_prefix}{found[limit - 1].id}" if more else None}


def _search_cursor(cursor: str, words: Sequence[str]) -> tuple[int, UUID]:
    """The place of the word that drives the search, so that every page has the same order; and the last client."""
    place, _, client_id = cursor.partition(".")
    if not (place.isascii() and place.isdecimal() and len(place) == 1 and int(place) < len(words)):
        raise _wrong_cursor()
    return int(place), _cursor_id(client_id)


def _cursor_id(cursor: str) -> UUID:
    try:
        return UUID(cursor)
    except ValueError as error:
        raise _wrong_cursor() from error


def _wrong_cursor() -> Invalid:
    return Invalid.field("cursor", "invalid", "Give the next_cursor of the page before.")
