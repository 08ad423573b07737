"""Whose money an actor may see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, literal_column, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, aliased

from services.billing.client_accounts.models import ClientAccount
from services.billing.copies.models import AssignmentCopy, ClientCopy, OrganizationCopy
from shared import audit
from shared.actor import Caller
from shared.client_changes import DELETED, client_turn, ensure_free
from shared.database.read_your_writes import arrived
from shared.database.session import Session, take_turns
from shared.database.together import RowKey
from shared.errors import Hidden, NotFound
from shared.web.lookups import in_their_order


def visible_client(session: Session, actor: Caller, client_id: UUID) -> ClientCopy:
    """The client whose money the actor wants to see; raises `NotFound`, also for one hidden from the actor.

    A client created a moment ago is waited for (`NotArrivedYet`, 503).
    """
    client = arrived(
        session, lambda: session.get(ClientCopy, (actor.organization_id, client_id)), client_id, actor.organization_id
    )
    if client.status == DELETED:
        raise NotFound()
    session.keep(client)  # what they are called is asked next
    ensure_may_see(session, actor, client_id)
    return client


def beside_client(organization_id: UUID, client_id: UUID) -> dict[type[Any], RowKey]:
    """What most requests about one client read besides: the practice's day, and the client's totals."""
    return {OrganizationCopy: organization_id, ClientAccount: (organization_id, client_id)}


def client_of_body(session: Session, actor: Caller, client_id: UUID, field: str = "client_id") -> ClientCopy:
    """The visible client whom a body names; raises `Hidden` (422) naming `field` where a path would be a 404."""
    try:
        return visible_client(session, actor, client_id)
    except NotFound as error:
        raise Hidden.field(field, "unknown", "There is no such client.") from error


def ensure_client_free(session: Session, actor: Caller, client_id: UUID, field: str = "client_id") -> set[UUID]:
    """Let no deletion or merge of the client begin before this transaction ends; returns the client's family.

    Raises `ClientHeld` where one has begun, `Hidden` where a deletion is over. It comes before the locks of the
    client's money.
    """
    take_turns(session, client_turn(client_id))
    return ensure_free(session, ClientCopy, actor.organization_id, [client_id], field)


def family_of(session: Session, actor: Caller, client_id: UUID) -> tuple[UUID, ...]:
    """The client, and after them those who were merged into them: whose money is read as this client's."""
    client = session.get(ClientCopy, (actor.organization_id, client_id))
    return client.family if client else (client_id,)


def family_around(session: Session, actor: Caller, client_id: UUID) -> set[UUID]:
    """Everybody of the family that a client belongs to, be it as one who was merged. Read anew, as locks need it."""
    here = ClientCopy.organization_id == actor.organization_id
    stays = select(func.coalesce(ClientCopy.merged_into, ClientCopy.id)).where(here, ClientCopy.id == client_id)
    of_family = (ClientCopy.id == stays.scalar_subquery(), ClientCopy.merged_into == stays.scalar_subquery())
    members = union_all(*(select(ClientCopy.id).where(here, member) for member in of_family))
    return {client_id, *session.scalars(members)}


def each_of(client_id: InstrumentedAttribute[UUID], members: Sequence[UUID]) -> list[ColumnElement[bool]]:
    """The branches of a list that shows the rows of a family, one for each of its members."""
    return [client_id == member for member in members]


def ensure_may_see(session: Session, actor: Caller, client_id: UUID) -> None:
    """Raises `NotFound` for a client hidden from the actor; whose money was asked for is on record either way."""
    audit.describe(session, client_id=client_id)
    if actor.sees_assigned_only:
        assignment = session.get(AssignmentCopy, (actor.organization_id, client_id, actor.staff_id))
        if assignment is None or not assignment.assigned:
            raise NotFound()


def may_see(actor: Caller, client_id: InstrumentedAttribute[UUID]) -> ColumnElement[bool] | None:
    """The condition that narrows a statement to clients the actor may see; None when nothing narrows it."""
    if not actor.sees_assigned_only:
        return None
    return exists().where(
        AssignmentCopy.organization_id == actor.organization_id,
        AssignmentCopy.staff_id == actor.staff_id,
        AssignmentCopy.client_id == client_id,
        AssignmentCopy.assigned,
    )


def look_up_balances(session: Session, actor: Caller, client_ids: Sequence[UUID]) -> dict[str, Any]:
    """What each of these clients owes less their credit, in cents; those whom the actor may not see are left out.

    Served by the primary keys of `client_copies` and `client_accounts`, and by the index of who was merged.
    """
    rows = session.execute(balances(actor, client_ids)).all()
    audit.describe(session, client_ids=[row.client_id for row in rows])
    return {"items": in_their_order(client_ids, (dict(row._mapping) for row in rows), "client_id")}


def balances(actor: Caller, client_ids: Sequence[UUID]) -> Select[UUID, int]:
    """One statement for all clients, each with those who were merged into them. Without any money a client owes 0."""
    merged = aliased(ClientCopy)
    cents = ClientAccount.receivable_cents - ClientAccount.credit_cents
    here = ClientAccount.organization_id == actor.organization_id
    own = select(cents).where(here, ClientAccount.client_id == ClientCopy.id).correlate(ClientCopy)
    of_others = (
        select(func.sum(cents))
        .join(merged, (merged.organization_id == actor.organization_id) & (merged.id == ClientAccount.client_id))
        .where(here, merged.merged_into == ClientCopy.id)
        .correlate(ClientCopy)
    )
    zero: ColumnElement[int] = literal_column("0")
    both = func.coalesce(own.scalar_subquery(), zero) + func.coalesce(of_others.scalar_subquery(), zero)
    statement = select(ClientCopy.id.label("client_id"), both.label("balance_cents")).where(
        ClientCopy.organization_id == actor.organization_id,
        ClientCopy.id.in_(client_ids),
        ClientCopy.status != DELETED,
    )
    narrowed = may_see(actor, ClientCopy.id)
    return statement if narrowed is None else statement.where(narrowed)
