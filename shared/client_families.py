"""Clients who were merged: who is whose survivor, and whose records are read together.

A row of clients names in `merged_into` who has taken the client over. Documents stay with the client they were written
for, and reads follow this map: the family of a client is that client and all whom they have taken over. It is one
level deep: who has taken somebody over is not merged themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Set
from typing import Any, ClassVar, Final, TypeAlias
from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, Index, Select, Table, any_, func, inspect, select, text, union_all
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute, Mapped, column_property, mapped_column

from shared.database.session import COLUMN_TYPES, Session
from shared.database.together import RowKey, read_together
from shared.errors import Conflict, FieldError, Moved

# Rows by their keys, of an organization and one of its clients, see `read_together`.
Beside: TypeAlias = Callable[[UUID, UUID], Mapping[type[Any], RowKey]]
FAMILY_MAX: Final = 20  # members, the one who stays included


class ClientMoved(Moved):
    """The client was merged into another one, under whose id their records are found.

    On record like a refusal: nothing was done or shown at this address, but who stays for whom was told.
    """

    denies = True
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
    # None where there is nobody.
    taken_over: ClassVar[Any] = None

    @property
    def family(self) -> tuple[UUID, ...]:
        """The client's own id, and after it the ids of all whom they have taken over."""
        return self.id, *sorted(self.taken_over or ())


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


def survivors(
    session: Session, model: type, organization_id: UUID, client_ids: Set[UUID], beside: Beside | None = None
) -> Mapping[UUID, UUID]:
    """Who has taken over whom of these; who was not merged stands in it not at all.

    The row of a single client is kept in the session: the handler reads it next. `beside` says which other rows it
    surely reads then too: they come in the same statement.
    """
    if len(client_ids) == 1:
        [client_id] = client_ids
        key = organization_id, client_id
        if beside is not None:
            read_together(session, {model: key, **beside(organization_id, client_id)})
        client: Any = session.get(model, key)
        session.keep(client)
        return {} if client is None or client.merged_into is None else {client.id: client.merged_into}
    clients = _table(model)
    merged = select(clients.c.id, clients.c.merged_into).where(
        clients.c.organization_id == organization_id,
        clients.c.id.in_(client_ids),
        clients.c.merged_into.is_not(None),
    )
    return {row.id: row.merged_into for row in session.execute(merged)}


def members(model: type, organization_id: UUID, client_ids: Collection[UUID] | Select[Any]) -> CompoundSelect[Any]:
    """The ids of everybody in the families of these clients, be they who stays or who ended."""
    named, others = (_table(model).alias(name) for name in ("named", "others"))
    stay = select(func.coalesce(named.c.merged_into, named.c.id))
    stay = stay.where(named.c.organization_id == organization_id, named.c.id.in_(client_ids))
    ended = select(others.c.id).where(others.c.organization_id == organization_id, others.c.merged_into.in_(stay))
    return union_all(stay, ended)


def in_families(
    column: ColumnElement[UUID] | InstrumentedAttribute[UUID],
    model: type,
    organization_id: UUID,
    client_ids: Collection[UUID] | Select[Any],
) -> ColumnElement[bool]:
    """The condition that a column names one of `members`.

    They are read once for a statement, so that an index of the column serves it.
    """
    return column == any_(func.array(members(model, organization_id, client_ids).scalar_subquery()))


def of_survivor(
    column: InstrumentedAttribute[UUID],
    model: type,
    organization_id: UUID,
    client_id: InstrumentedAttribute[UUID],
) -> ColumnElement[bool]:
    """The condition that a column names somebody of the family of the client in the column `client_id`.

    Of a client who was merged it holds for nobody: what is theirs counts as the survivor's. `client_id` is a column of
    a statement around it.
    """
    own, others = (_table(model).alias(name) for name in ("own", "others"))
    themselves = own.c.id == client_id, own.c.merged_into.is_(None)
    family = union_all(
        *(
            select(table.c.id).where(table.c.organization_id == organization_id, *theirs).correlate(client_id.class_)
            for table, theirs in ((own, themselves), (others, (others.c.merged_into == client_id,)))
        )
    )
    return column == any_(func.array(family.scalar_subquery()))


def read_families(model: type[Mergeable]) -> None:
    """Have `taken_over` read with each row of a model of clients, in the same statement."""
    clients = _table(model)
    others = clients.alias("taken_over")
    ids = func.array_agg(others.c.id, type_=ARRAY(COLUMN_TYPES[UUID]))
    theirs = others.c.organization_id == clients.c.organization_id, others.c.merged_into == clients.c.id
    model.taken_over = column_property(select(ids).where(*theirs).correlate(clients).scalar_subquery())


def _table(model: type) -> Table:
    table: Table = inspect(model).local_table
    return table
