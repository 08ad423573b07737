"""Finding clients by what somebody typed: the beginnings of names, a phone, a birth date, a number, mixed as they like.

Each of them comes from an index, at any size, under row-level security. Who sees only assigned clients searches
nowhere else.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, and_, exists, func, literal, or_, select, true, union_all
from sqlalchemy.orm import InstrumentedAttribute, aliased

from services.clients.assignments.models import Assignment
from services.clients.profiles.models import Client, ClientPhone, ClientToken
from services.clients.profiles.queries import among, on_record
from services.clients.profiles.rules import Digits, SearchWords, Typed
from shared.actor import Caller, Person
from shared.database.session import Session
from shared.web.paging import Key, carried, paginate

COUNTED_MAX = 2_000
AFTER_EVERY_LETTER = "\U0010ffff"  # no letter has this code point
OTHER = aliased(ClientToken)  # made once, for making it costs a twentieth of a search
MERGED = aliased(Client)  # who was merged into a client
Id: TypeAlias = InstrumentedAttribute[UUID]


def search_clients(
    session: Session,
    actor: Caller,
    query: str,
    status: str | None,
    assigned_to: UUID | None,
    unassigned: bool | None,
    tag: str | None,
    limit: int,
    cursor: str | None,
) -> dict[str, Any]:
    """One page of the clients in whose profile everything that was typed is found.

    Each word begins a part of their names, and may be written apart or with the words beside it. A date is their
    birthday. Digits are their number, the beginning or the end of their phone, or a word. Who was merged into a client
    is found as that client. Raises `Forbidden` as `among` does.
    """
    chosen = and_(among(actor, status, assigned_to, unassigned, tag), Client.merged_into.is_(None))
    typed = Typed.of(query)
    if not (typed.words.count or typed.days or typed.digits):
        items: dict[str, Any] = {"items": [], "next_cursor": None}
    elif actor.sees_assigned_only:
        items = _own(session, actor, typed, chosen, limit, cursor)
    elif typed.days or typed.digits:
        items = _identified(session, actor.organization_id, typed, chosen, limit, cursor)
    else:
        items = _named(session, actor.organization_id, typed.words, chosen, limit, cursor)
    return on_record(session, actor, {**items, "items": [row[0] for row in items["items"]]})


def found_by_digits(organization_id: UUID, digits: Digits) -> ColumnElement[bool]:
    """The condition for clients of an organization with these digits in their number, a phone or name.

    A union and no OR: each part reads its own index, whatever the planner thinks of the others.
    """
    conditions = [
        *(begins_with(Client.phone_digits, beginning) for beginning in digits.phone_beginnings),
        begins_with(Client.phone_reversed, digits.backwards),
        *([Client.number == digits.number] if digits.number is not None else []),
    ]
    stays = func.coalesce(Client.merged_into, Client.id)
    parts = [select(stays).where(Client.organization_id == organization_id, part) for part in conditions]
    parts += [
        select(ClientPhone.client_id).where(ClientPhone.organization_id == organization_id, part)
        for part in (
            begins_with(ClientPhone.digits, *digits.phone_beginnings),
            begins_with(ClientPhone.backwards, digits.backwards),
        )
    ]
    word = select(ClientToken.client_id).where(
        ClientToken.organization_id == organization_id, begins_with(ClientToken.token, digits.text)
    )
    return Client.id.in_(union_all(*parts, word))


def begins_with(column: InstrumentedAttribute[Any], *words: str) -> ColumnElement[bool]:
    """Whether a text begins with one of `words`.

    Ranges, not LIKE: row-level security keeps operators that are not leakproof, LIKE among them, off the index.
    """
    ranges = (and_(column >= literal(word), column < literal(word + AFTER_EVERY_LETTER)) for word in words)
    return or_(*ranges)


def _own(
    session: Session, actor: Person, typed: Typed, chosen: ColumnElement[bool], limit: int, cursor: str | None
) -> dict[str, Any]:
    """Among the clients to whom the actor is assigned: each of them is looked at, and nobody else.

    So the time that it takes tells nothing of the others, whatever way PostgreSQL finds cheapest.
    """
    order = _order(typed)
    statement = (
        select(Client, *order)
        .select_from(Assignment)
        .join(Client, and_(Client.organization_id == Assignment.organization_id, Client.id == Assignment.client_id))
        .where(
            Assignment.organization_id == actor.organization_id,
            Assignment.staff_id == actor.staff_id,
            Assignment.active,
            chosen,
            *(or_(Client.date_of_birth == day, _merged(MERGED.date_of_birth == day)) for day in typed.days),
            *(_has_digits(digits, Assignment.client_id) for digits in typed.digits),
            _holds(typed.words, Assignment.client_id) if typed.words.count else true(),
        )
    )
    return paginate(session, statement, order, limit=limit, cursor=cursor, scalars=False, about=str(typed))


def _has_digits(digits: Digits, client_id: Id) -> ColumnElement[bool]:
    """What `found_by_digits` finds, asked of one client."""
    further = (
        select(func.min(ClientPhone.digits))
        .where(
            ClientPhone.organization_id == client_id.class_.organization_id,
            ClientPhone.client_id == client_id,
            or_(
                begins_with(ClientPhone.digits, *digits.phone_beginnings),
                begins_with(ClientPhone.backwards, digits.backwards),
            ),
        )
        .scalar_subquery()
    )
    return or_(
        begins_with(Client.phone_digits, *digits.phone_beginnings),
        begins_with(Client.phone_reversed, digits.backwards),
        Client.number == digits.number,
        _merged(MERGED.number == digits.number),
        further.is_not(None),
        _first_part([digits.text], client_id).is_not(None),
    )


def _born_on(organization_id: UUID, day: date) -> ColumnElement[bool]:
    """Their birthday, or that of somebody who was merged into them."""
    stays = func.coalesce(MERGED.merged_into, MERGED.id)
    return Client.id.in_(select(stays).where(MERGED.organization_id == organization_id, MERGED.date_of_birth == day))


def _merged(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether the condition holds of somebody who was merged into the client."""
    of_client = and_(MERGED.organization_id == Client.organization_id, MERGED.merged_into == Client.id)
    return exists().where(of_client, condition)


def _order(typed: Typed) -> list[Key]:
    """Whose number was typed comes first, then by name."""
    numbers = [digits.number for digits in typed.digits if digits.number is not None]
    other = [Client.number.not_in(numbers).label("other")] if numbers else []
    return [*other, Client.sort_key, Client.id]


def _identified(
    session: Session, organization_id: UUID, typed: Typed, chosen: ColumnElement[bool], limit: int, cursor: str | None
) -> dict[str, Any]:
    """By birthday, number or phone, and the words beside them."""
    order = _order(typed)
    statement = select(Client, *order).where(
        Client.organization_id == organization_id,
        chosen,
        *(_born_on(organization_id, day) for day in typed.days),
        *(found_by_digits(organization_id, digits) for digits in typed.digits),
        _holds(typed.words, Client.id) if typed.words.count else true(),
    )
    return paginate(session, statement, order, limit=limit, cursor=cursor, scalars=False, about=str(typed))


def _named(
    session: Session,
    organization_id: UUID,
    words: SearchWords,
    chosen: ColumnElement[bool],
    limit: int,
    cursor: str | None,
) -> dict[str, Any]:
    """By words alone, in the order of that part of the name which begins with the rarest word, then by name.

    So the index is read from its place on until the page is full, however many clients there are.
    """
    order, about = (ClientToken.token, ClientToken.name, ClientToken.client_id), str(words.spellings)
    # Every page has the first one's choice, and so its order.
    drive = _rarest(session, organization_id, words) if cursor is None else carried(session, cursor, order, about=about)
    statement = (
        select(Client, *order)
        .join(Client, and_(Client.organization_id == ClientToken.organization_id, Client.id == ClientToken.client_id))
        .where(ClientToken.organization_id == organization_id, chosen)
        .where(begins_with(ClientToken.token, *drive))
        # Several parts of one name may begin with the same word: the first stands for the client.
        .where(ClientToken.token == _first_part(drive))
        .where(_holds(words) if words.count > 1 else true())
    )
    return paginate(session, statement, order, limit=limit, cursor=cursor, scalars=False, carries=drive, about=about)


def _first_part(words: Sequence[str], client_id: Id = ClientToken.client_id) -> ScalarSelect[str]:
    """The first part of that client's name that begins with one of `words`, or null.

    A scalar, not EXISTS, which the planner would turn into a join with every part that begins so: one look into the
    primary key per row read costs little, because reading stops at a full page.
    """
    return (
        select(func.min(OTHER.token))
        .where(
            OTHER.organization_id == client_id.class_.organization_id,
            OTHER.client_id == client_id,
            begins_with(OTHER.token, *words),
        )
        .scalar_subquery()
    )


def _holds(words: SearchWords, client_id: Id = ClientToken.client_id, start: int = 0) -> ColumnElement[bool]:
    """Whether the words from `start` on begin parts of that client's name, some of them written together."""
    ways = []
    for end in range(start + 1, words.count + 1):
        begins = _first_part(words.written(start, end), client_id).is_not(None)
        ways.append(begins if end == words.count else and_(begins, _holds(words, client_id, end)))
    return or_(*ways)


def _rarest(session: Session, organization_id: UUID, words: SearchWords) -> list[str]:
    """The beginnings to look for: those of the part whose word the fewest names have. Beginnings without a name go.

    Counted up to a limit; of common words the longest is taken.
    """
    if words.count == 1:
        return words.holding(0)

    def how_many(beginning: str) -> int:
        some = (
            select(ClientToken.client_id)
            .where(ClientToken.organization_id == organization_id, begins_with(ClientToken.token, beginning))
            .limit(COUNTED_MAX)
        )
        return session.scalar(select(func.count()).select_from(some.subquery())) or 0

    counted = [{word: how_many(word) for word in words.holding(place)} for place in range(words.count)]
    longest = [max(map(len, words.written(place, place + 1))) for place in range(words.count)]
    rarest = min(range(words.count), key=lambda place: (sum(counted[place].values()), -longest[place]))
    return [word for word, many in counted[rarest].items() if many] or words.written(rarest, rarest + 1)
