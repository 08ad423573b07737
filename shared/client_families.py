"""Clients who were merged: who is whose survivor, and whose records are read together.

A row of clients names in `merged_into` who has taken the client over. Documents stay with the client they were written
for, and reads follow this map: the family of a client is that client and all whom they have taken over. It is one
level deep: who has taken somebody over is not merged themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any, ClassVar, Final
from uuid import UUID

from sqlalchemy import Index, Table, func, inspect, select, text
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlalchemy.orm import Mapped, column_property, mapped_column

from shared.database.session import COLUMN_TYPES, Session
from shared.errors import Conflict, FieldError, Moved

FAMILY_MAX: Final = 20  # members, the one who stays included


class ClientMoved(Moved):
    """The client was merged into another one, under whose id their records are found."""

    code = "client_merged"
    detail = "This client was merged into another one. Their records are found there."

    def __init__(self, client_id: UUID, survivor_id: UUID) -> None:
        value = str(survivor_id)
        super().__init__({str(client_id): value}, errors=[FieldError("client_id", self.code, self.detail, value)])


class TooManyMerged(Conflict):
    """A client would take over more clients than one may."""

    code = "too_many_merged"
    detail = f"This client has taken over {FAMILY_MAX - 1} others. Choose another one to stay, or separate one first."


class Mergeable:
    """Mixin of a model of clients, after which `read_families` is called. Its table has the index `merged_index`."""

    id: Mapped[UUID]
    merged_into: Mapped[UUID | None] = mapped_column(default=None)
    # Ids in their order; None where there is nobody.
    taken_over: ClassVar[Any] = None

    @property
    def family(self) -> tuple[UUID, ...]:
        """The client's own id, and after it the ids of all whom they have taken over."""
        return self.id, *(self.taken_over or ())


def merged_index(table: str) -> Index:
    """The index by which a family is found."""
    where = text("merged_into IS NOT NULL")
    return Index(f"ix_{table}_merged", "organization_id", "merged_into", postgresql_where=where)


def ensure_room(members: tuple[UUID, ...]) -> None:
    """Raises `TooManyMerged` where a family takes in nobody else."""
    if len(members) >= FAMILY_MAX:
        raise TooManyMerged()


def family(session: Session, model: type, organization_id: UUID, client_id: UUID) -> tuple[UUID, ...]:
    """The client, and after them everybody whom they have taken over, in the order of their ids.

    `model`: the clients here, with the column `merged_into`.
    """
    clients = _table(model)
    theirs = clients.c.organization_id == organization_id, clients.c.merged_into == client_id
    return client_id, *session.scalars(select(clients.c.id).where(*theirs).order_by(clients.c.id))


def survivor(session: Session, model: type, organization_id: UUID, client_id: UUID) -> UUID:
    """Who has taken the client over; the client themselves where nobody has."""
    return survivors(session, model, organization_id, {client_id}).get(client_id, client_id)


def survivors(session: Session, model: type, organization_id: UUID, client_ids: Set[UUID]) -> Mapping[UUID, UUID]:
    """Who has taken over whom of these; who was not merged stands in it not at all.

    The row of a single client is held, for it is what is asked for next.
    """
    if len(client_ids) == 1:
        client: Any = session.get(model, (organization_id, *client_ids))
        session.keep(client)
        return {} if client is None or client.merged_into is None else {client.id: client.merged_into}
    clients = _table(model)
    merged = select(clients.c.id, clients.c.merged_into).where(
        clients.c.organization_id == organization_id,
        clients.c.id.in_(client_ids),
        clients.c.merged_into.is_not(None),
    )
    return {row.id: row.merged_into for row in session.execute(merged)}


def read_families(model: type[Mergeable]) -> None:
    """Have `taken_over` read with each row of a model of clients, in the same statement."""
    clients = _table(model)
    others = clients.alias("taken_over")
    ids = func.array_agg(aggregate_order_by(others.c.id, others.c.id), type_=ARRAY(COLUMN_TYPES[UUID]))
    theirs = others.c.organization_id == clients.c.organization_id, others.c.merged_into == clients.c.id
    model.taken_over = column_property(select(ids).where(*theirs).correlate(clients).scalar_subquery())


def _table(model: type) -> Table:
    table: Table = inspect(model).local_table
    return table
