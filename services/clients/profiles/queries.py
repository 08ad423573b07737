"""Reading clients: whom an actor may see, lists, search, likely duplicates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    and_,
    exists,
    false,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased

from services.clients.assignments.models import Assignment
from services.clients.profiles import rules
from services.clients.profiles.models import Client, ClientToken
from shared import audit
from shared.actor import Caller, Program
from shared.database.session import Session
from shared.errors import Forbidden, NotFound
from shared.web.paging import Orders, carried, paginate

DUPLICATES_LOOKED_AT_MAX = 50
DUPLICATES_MAX = 10
COUNTED_MAX = 2_000
ORDERS = Orders({"name": (Client.sort_key, Client.id), "created_at": (Client.id,), "number": (Client.number,)}, "name")
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
    session: Session,
    actor: Caller,
    limit: int,
    cursor: str | None,
    status: str | None,
    sort: str,
    assigned_to: UUID | None,
    unassigned: bool | None,
) -> dict[str, Any]:
    """One page of clients in one of `ORDERS`. Raises `Forbidden` as `_among` does."""
    statement = select(Client).where(visible(actor), _among(actor, status, assigned_to, unassigned))
    order, descending = ORDERS.of(sort)
    page = paginate(session, statement, order, limit=limit, cursor=cursor, descending=descending)
    return _on_record(session, actor, page)


def search_clients(
    session: Session,
    actor: Caller,
    query: str,
    status: str | None,
    assigned_to: UUID | None,
    unassigned: bool | None,
    limit: int,
    cursor: str | None,
) -> dict[str, Any]:
    """The client whose number the query is, or else one page of clients in whose names each word of it begins a part.

    Words may be written apart or with the words beside them.

    They come in the order of that part which begins with the rarest word, then by name: so the index is read from
    its place on until the page is full, however many clients there are. Raises `Forbidden` as `_among` does.
    """
    among = _among(actor, status, assigned_to, unassigned)
    if cursor is None and (numbered := _numbered(session, actor, query, among)):
        return _on_record(session, actor, {"items": numbered, "next_cursor": None})
    words = rules.SearchWords.of(query)
    if not words.count:
        return _on_record(session, actor, {"items": [], "next_cursor": None})
    order, about = (ClientToken.token, ClientToken.name, ClientToken.client_id), str(words.spellings)
    # Every page has the first one's choice, and so its order.
    drive = _rarest(session, actor, words) if cursor is None else carried(session, cursor, order, about=about)
    statement = (
        select(Client, *order)
        .join(Client, and_(Client.organization_id == ClientToken.organization_id, Client.id == ClientToken.client_id))
        .where(visible(actor), ClientToken.organization_id == actor.organization_id, among)
        .where(_begins_with(ClientToken, *drive))
        # Several parts of one name may begin with the same word: the first stands for the client.
        .where(ClientToken.token == _first_part(drive))
        .where(_holds(words) if words.count > 1 else true())
    )
    page = paginate(session, statement, order, limit=limit, cursor=cursor, scalars=False, carries=drive, about=about)
    return _on_record(session, actor, {**page, "items": [row[0] for row in page["items"]]})


def look_up(session: Session, actor: Caller, client_ids: Sequence[UUID]) -> dict[str, Any]:
    """Those of these clients whom the actor may see, in the order of the ids, each once."""
    found = {
        client.id: client for client in session.scalars(select(Client).where(visible(actor), Client.id.in_(client_ids)))
    }
    items = [found[client_id] for client_id in dict.fromkeys(client_ids) if client_id in found]
    return _on_record(session, actor, {"items": items})


def visible_of(session: Session, actor: Caller, client_ids: Sequence[UUID]) -> set[UUID]:
    """Those of these clients whom the actor may see."""
    return set(session.scalars(select(Client.id).where(visible(actor), Client.id.in_(client_ids))))


def possible_duplicates(session: Session, actor: Caller, client: Client) -> list[dict[str, Any]]:
    """Clients that may be the same person, at most ten, with the reason; only ones that the actor may see."""
    known_as = client.known_as
    contacts = ((Client.phone, client.phone), (Client.email_key, client.email_key))
    same_contact = or_(false(), *(column == value for column, value in contacts if value))
    same_birth = Client.date_of_birth == client.date_of_birth
    shares_name = exists().where(
        ClientToken.organization_id == Client.organization_id,
        ClientToken.client_id == Client.id,
        ClientToken.token.in_(known_as.tokens),
    )
    statement = (
        select(Client)
        .where(visible(actor), Client.id != client.id)
        .where(or_(same_birth, same_contact))  # each has its index
        # Filtered here too, so that the limit cuts likely duplicates only, not people who share a birth date.
        .where(or_(shares_name, and_(same_birth, same_contact)))
        .limit(DUPLICATES_LOOKED_AT_MAX)
    )
    found = [
        {"id": other.id, "number": other.number, "display_name": other.display_name, "reason": reason}
        for other in sorted(
            session.scalars(statement), key=lambda client: client.id
        )  # the plan's order tells of others
        if (reason := rules.duplicate_reason(known_as, other.known_as))
    ]
    return found[:DUPLICATES_MAX]


def _assigned(actor: Caller, client_id: InstrumentedAttribute[UUID] = Client.id) -> ColumnElement[bool]:
    return false() if isinstance(actor, Program) else _assigned_to(actor, actor.staff_id, client_id)


def _assigned_to(
    actor: Caller, staff_id: UUID, client_id: InstrumentedAttribute[UUID] = Client.id
) -> ColumnElement[bool]:
    return exists().where(
        Assignment.organization_id == actor.organization_id,
        Assignment.client_id == client_id,
        Assignment.staff_id == staff_id,
        Assignment.active,
    )


def _numbered(session: Session, actor: Caller, query: str, among: ColumnElement[bool]) -> Sequence[Client]:
    number = rules.number_in(query)
    if number is None:
        return []
    return session.scalars(select(Client).where(visible(actor), among, Client.number == number)).all()


def _among(actor: Caller, status: str | None, assigned_to: UUID | None, unassigned: bool | None) -> ColumnElement[bool]:
    """The clients in a status, those whom a member of staff is assigned to, those with nobody or somebody assigned.

    None asks for neither. Raises `Forbidden` for a program that asks for assignments and may not read them.
    """
    if (assigned_to is not None or unassigned is not None) and not actor.may("assignments:read"):
        raise Forbidden.without("assignments:read")
    nobody = Client.staff_count == literal_column("0")  # no parameter: a plan for any value misses the partial index
    return and_(
        Client.status == status if status else true(),
        _assigned_to(actor, assigned_to) if assigned_to is not None else true(),
        true() if unassigned is None else nobody if unassigned else not_(nobody),
    )


def _begins_with(tokens: type[ClientToken], *words: str) -> ColumnElement[bool]:
    """Ranges, not LIKE: row-level security keeps operators that are not leakproof, LIKE among them, off the index."""
    ranges = (and_(tokens.token >= literal(word), tokens.token < literal(word + AFTER_EVERY_LETTER)) for word in words)
    return or_(*ranges)


def _first_part(words: Sequence[str]) -> ScalarSelect[str]:
    """The first part of the same client's name that begins with one of `words`, or null.

    A scalar, not EXISTS, which the planner would turn into a join with every part that begins so: one look into the
    primary key per row read costs little, because reading stops at a full page.
    """
    other = aliased(ClientToken)
    return (
        select(func.min(other.token))
        .where(
            other.organization_id == ClientToken.organization_id,
            other.client_id == ClientToken.client_id,
            _begins_with(other, *words),
        )
        .scalar_subquery()
    )


def _holds(words: rules.SearchWords, start: int = 0) -> ColumnElement[bool]:
    """Whether the words from `start` on begin parts of the same client's name, some of them written together."""
    ways = []
    for end in range(start + 1, words.count + 1):
        begins = _first_part(words.written(start, end)).is_not(None)
        ways.append(begins if end == words.count else and_(begins, _holds(words, end)))
    return or_(*ways)


def _rarest(session: Session, actor: Caller, words: rules.SearchWords) -> list[str]:
    """The beginnings to look for: those of the part whose word the fewest names have. Beginnings without a name go.

    Counted up to a limit; of common words the longest is taken. Names of clients whom the actor may not see do not
    count: the order of the list would tell of them.
    """
    if words.count == 1:
        return words.holding(0)

    def how_many(beginning: str) -> int:
        some = (
            select(ClientToken.client_id)
            .where(ClientToken.organization_id == actor.organization_id, _begins_with(ClientToken, beginning))
            .limit(COUNTED_MAX)
        )
        if actor.sees_assigned_only:
            some = some.where(_assigned(actor, ClientToken.client_id))
        return session.scalar(select(func.count()).select_from(some.subquery())) or 0

    counted = [{word: how_many(word) for word in words.holding(place)} for place in range(words.count)]
    longest = [max(map(len, words.written(place, place + 1))) for place in range(words.count)]
    rarest = min(range(words.count), key=lambda place: (sum(counted[place].values()), -longest[place]))
    return [word for word, many in counted[rarest].items() if many] or words.written(rarest, rarest + 1)


def _on_record(session: Session, actor: Caller, page: dict[str, Any]) -> dict[str, Any]:
    """The page; whose data it shows is on record."""
    shown = [client.id for client in page["items"]]
    audit.describe(session, client_ids=shown, rule=rules.seen_by(assigned=actor.sees_assigned_only))
    return page
