"""Reading clients: whom an actor may see, lists, likely duplicates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, false, func, literal_column, not_, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, aliased

from services.clients.assignments.models import Assignment
from services.clients.families.queries import held, holds_others
from services.clients.profiles import rules
from services.clients.profiles.models import Client, ClientToken
from services.clients.tags import rules as tags
from services.clients.tags.models import ClientTag
from shared import audit
from shared.actor import Caller, Program
from shared.client_changes import ClientHeld
from shared.client_families import ClientMoved
from shared.database.session import Session
from shared.errors import Forbidden, NotFound
from shared.web.paging import Orders, paginate

# Apart from the assignments that a statement around it may read. Made once: making it costs a quarter of a read.
THEIRS = aliased(Assignment)
DUPLICATES_LOOKED_AT_MAX = 50
DUPLICATES_MAX = 10
WAITING = "waiting_since"
ORDERS = Orders(
    {
        "name": (Client.sort_key, Client.id),
        "created_at": (Client.id,),
        "number": (Client.number,),
        WAITING: (Client.waiting_since, Client.id),
    },
    "name",
)


def visible(actor: Caller) -> ColumnElement[bool]:
    """The condition for clients whose basic data the actor may see: all of the organization, or only the assigned.

    Who was merged into another client is nobody by themselves.
    """
    return and_(in_sight(actor), Client.merged_into.is_(None))


def in_sight(actor: Caller) -> ColumnElement[bool]:
    """The same, with those who were merged: who sees the client who stays sees them."""
    own = Client.organization_id == actor.organization_id
    return and_(own, assigned_to_actor(actor)) if actor.sees_assigned_only else own


def one_client(
    session: Session, actor: Caller, client_id: UUID, *, for_update: bool = False, also_held: bool = False
) -> Client:
    """A client that the actor may see; raises `NotFound`, `ClientMoved` for one who was merged into another.

    `for_update`: locked, to be changed. Raises `ClientHeld` where they are about to be merged, separated or deleted,
    unless `also_held`.
    """
    is_held = held(actor.organization_id, client_id) if for_update and not also_held else false()
    client, _ = _one(session, actor, client_id, false(), is_held=is_held, for_update=for_update)
    return client


def one_client_and_whether_they_hold(session: Session, actor: Caller, client_id: UUID) -> tuple[Client, bool]:
    """The same, and whether they hold others' records too, by one statement."""
    return _one(session, actor, client_id, holds_others(actor.organization_id, client_id))


def _one(
    session: Session,
    actor: Caller,
    client_id: UUID,
    holds: ColumnElement[bool],
    *,
    is_held: ColumnElement[bool] | None = None,
    for_update: bool = False,
) -> tuple[Client, bool]:
    waits_too = false() if is_held is None else is_held
    statement = select(Client, assigned_to_actor(actor), waits_too, holds).where(
        in_sight(actor), Client.id == client_id
    )
    found = session.execute(statement.with_for_update(of=Client) if for_update else statement).first()
    if found is None:
        raise NotFound()
    client, assigned, waits, others = found
    audit.describe(session, client_id=client.id, rule=rules.seen_by(assigned=assigned))
    if client.merged_into is not None:
        raise ClientMoved(client.id, client.merged_into)
    if waits:
        raise ClientHeld()
    return client, others


def list_clients(
    session: Session,
    actor: Caller,
    limit: int,
    cursor: str | None,
    status: str | None,
    sort: str,
    assigned_to: UUID | None,
    unassigned: bool | None,
    tag: str | None,
) -> dict[str, Any]:
    """One page of clients in one of `ORDERS`; by `WAITING`, of those who wait. Raises `Forbidden` as `among` does."""
    statement = select(Client).where(visible(actor), among(actor, status, assigned_to, unassigned, tag))
    if sort.removeprefix("-") == WAITING:
        statement = statement.where(Client.waiting_since.is_not(None))
    order, descending = ORDERS.of(sort)
    page = paginate(session, statement, order, limit=limit, cursor=cursor, descending=descending)
    return on_record(session, actor, page)


def look_up(session: Session, actor: Caller, client_ids: Sequence[UUID]) -> dict[str, Any]:
    """Those of these clients whom the actor may see, in the order of the ids, each once.

    The id of one who was merged means the client who stays, who is named under it.
    """
    found = meant(session, actor, client_ids)
    items = [
        {
            "id": client_id,
            "display_name": client.display_name,
            "number": client.number,
            "status": client.status,
            "merged_into": client.id if client.id != client_id else None,
        }
        for client_id, client in ((each, found[each]) for each in dict.fromkeys(client_ids) if each in found)
    ]
    whose = [*found, *(client.id for client in found.values())]
    audit.describe(session, client_ids=whose, rule=rules.seen_by(assigned=actor.sees_assigned_only))
    return {"items": items}


def meant(session: Session, actor: Caller, client_ids: Sequence[UUID]) -> dict[UUID, Client]:
    """By each of these ids the client whom it means, of those whom the actor may see.

    The id of somebody who was merged means who stays.
    """
    stays = aliased(Client)
    wanted = (
        select(Client.id, stays)
        .join(
            stays,
            and_(
                stays.organization_id == Client.organization_id,
                stays.id == func.coalesce(Client.merged_into, Client.id),
            ),
        )
        .where(in_sight(actor), Client.id.in_(client_ids))
    )
    return {row[0]: row[1] for row in session.execute(wanted)}


def possible_duplicates(session: Session, actor: Caller, client: Client) -> list[dict[str, Any]]:
    """Clients that may be the same person, at most ten, with the reason; only ones that the actor may see.

    A program that adds clients and may not read them is told of nobody.
    """
    if not actor.may("clients:read"):
        return []
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


def assigned_to_actor(actor: Caller, client_id: InstrumentedAttribute[UUID] = Client.id) -> ColumnElement[bool]:
    """The condition for clients to whom the actor is assigned; a program is assigned to nobody."""
    return false() if isinstance(actor, Program) else _assigned_to(actor, actor.staff_id, client_id)


def _assigned_to(
    actor: Caller, staff_id: UUID, client_id: InstrumentedAttribute[UUID] = Client.id
) -> ColumnElement[bool]:
    return exists().where(
        THEIRS.organization_id == actor.organization_id,
        THEIRS.client_id == client_id,
        THEIRS.staff_id == staff_id,
        THEIRS.active,
    )


def among(
    actor: Caller, status: str | None, assigned_to: UUID | None, unassigned: bool | None, tag: str | None = None
) -> ColumnElement[bool]:
    """The clients in a status, with a tag, those whom a member of staff is assigned to, with nobody or somebody.

    None asks for none of it. Raises `Forbidden` for a program that asks for assignments and may not read them.
    """
    if (assigned_to is not None or unassigned is not None) and not actor.may("assignments:read"):
        raise Forbidden.without("assignments:read")
    nobody = Client.staff_count == literal_column("0")  # no parameter: a plan for any value misses the partial index
    return and_(
        Client.status == status if status else true(),
        _assigned_to(actor, assigned_to) if assigned_to is not None else true(),
        true() if unassigned is None else nobody if unassigned else not_(nobody),
        _tagged(tag) if tag else true(),
    )


def _tagged(tag: str) -> ColumnElement[bool]:
    return exists().where(
        ClientTag.organization_id == Client.organization_id,
        ClientTag.client_id == Client.id,
        ClientTag.key == tags.key(tag),
    )


def tags_in_use(session: Session, actor: Caller, limit: int, cursor: str | None) -> dict[str, Any]:
    """One page of the tags of clients whom the actor may see, each with how many have it."""
    statement = (
        select(ClientTag.key, func.min(ClientTag.tag).label("tag"), func.count().label("client_count"))
        .where(
            ClientTag.organization_id == actor.organization_id,
            assigned_to_actor(actor, ClientTag.client_id) if actor.sees_assigned_only else true(),
        )
        .group_by(ClientTag.key)
    )
    return paginate(session, statement, [ClientTag.key], limit=limit, cursor=cursor, scalars=False)


def on_record(session: Session, actor: Caller, page: dict[str, Any]) -> dict[str, Any]:
    """The page; whose data it shows is on record."""
    shown = [client.id for client in page["items"]]
    audit.describe(session, client_ids=shown, rule=rules.seen_by(assigned=actor.sees_assigned_only))
    return page
