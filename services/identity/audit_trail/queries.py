"""Reading the trail."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
    text,
    true,
    tuple_,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased

from services.identity.audit_trail.models import CHANGES, READS, TrailClient, TrailEntry, TrailHead
from services.identity.audit_trail.rules import GENESIS, Break, Head, Link
from shared.actor import Caller
from shared.database.session import Session
from shared.web import exports
from shared.web.paging import paginate
from shared.web.routes import Run

EXPORT_PAGE_ROWS: Final = 1_000
EXPORT_ACTION: Final = "audit_trail.export"
OUTCOMES: Final = {"done": "done", "denied": "denied"}
# Written out as the partial indexes have them, so that the planner sees that they fit.
KINDS: Final = {"changes": CHANGES, "reads": READS, "refusals": "outcome = 'denied'"}


def trail_page(
    session: Session, actor: Caller, filters: dict[str, Any], limit: int, cursor: str | None
) -> dict[str, Any]:
    """One page of the entries that fit, latest first."""
    statement = filtered(actor.organization_id, filters)
    return paginate(
        session,
        statement,
        order_of(filters),
        limit=limit,
        cursor=cursor,
        descending=True,
        branches=branches_of(filters),
    )


def whole_trail(run: Run, actor: Caller, filters: dict[str, Any]) -> Iterator[list[TrailEntry]]:
    """Every entry that fits, oldest first, a page per transaction: a long export holds no connection."""
    after: tuple[datetime, int] | None = None
    order = order_of(filters)
    while True:

        def page(session: Session, after: tuple[datetime, int] | None = after) -> list[TrailEntry]:
            statement = filtered(actor.organization_id, filters)
            if branches := branches_of(filters):
                statement = statement.where(or_(*branches))
            if after is not None:
                statement = statement.where(tuple_(*order) > after)
            statement = statement.order_by(*order).limit(EXPORT_PAGE_ROWS)
            return list(session.scalars(statement))

        rows = run(page)
        if rows:
            yield rows
        if len(rows) < EXPORT_PAGE_ROWS:
            return
        after = rows[-1].at, rows[-1].seq


def ensure_may_export(session: Session, actor: Caller) -> None:
    """Raises `TooMany` after five exports within an hour."""
    exports.ensure_may_export(session, actor, EXPORT_ACTION)


def organizations_with_a_trail(session: Session) -> list[UUID]:
    """Every organization that has a chain; for the worker's role."""
    return list(session.scalars(select(TrailHead.organization_id).order_by(TrailHead.organization_id)))


def chain_of(run: Run, organization_id: UUID, through: int) -> Iterator[Link]:
    """An organization's chain up to entry `through`, in the order of `seq`, a page per transaction."""
    last = 0
    while True:

        def page(session: Session, last: int = last) -> list[Link]:
            statement = (
                select(TrailEntry)
                .where(TrailEntry.organization_id == organization_id, TrailEntry.seq > last, TrailEntry.seq <= through)
                .order_by(TrailEntry.seq)
                .limit(EXPORT_PAGE_ROWS)
            )
            names = [field.name for field in fields(Link)]
            return [Link(**{name: getattr(row, name) for name in names}) for row in session.scalars(statement)]

        links = run(page)
        yield from links
        if len(links) < EXPORT_PAGE_ROWS:
            return
        last = links[-1].seq


def break_in_clients(run: Run, organization_id: UUID, through: int) -> Break | None:
    """The first entry up to `through` that is not found under exactly the clients whom it names."""
    for first in range(1, through + 1, EXPORT_PAGE_ROWS):
        page = first, min(first + EXPORT_PAGE_ROWS - 1, through)

        def differing(session: Session, page: tuple[int, int] = page) -> set[int]:
            rows = session.execute(
                select(TrailEntry.seq, TrailEntry.at, TrailEntry.client_ids).where(
                    TrailEntry.organization_id == organization_id, TrailEntry.seq.between(*page)
                )
            )
            listed = session.execute(
                select(TrailClient.seq, TrailClient.at, TrailClient.client_id).where(
                    TrailClient.organization_id == organization_id, TrailClient.seq.between(*page)
                )
            )
            named = {(seq, at, client_id) for seq, at, client_ids in rows for client_id in client_ids}
            return {seq for seq, _, _ in named ^ {(seq, at, client_id) for seq, at, client_id in listed}}

        if found := run(differing):
            return Break(min(found), "clients")
    return None


def head_of(session: Session, organization_id: UUID) -> tuple[Head, int]:
    """Where the chain says that it stands, and its last entry's `seq`, both as of one moment."""
    last = select(func.max(TrailEntry.seq)).where(TrailEntry.organization_id == organization_id).scalar_subquery()
    row = select(literal(1).label("one")).subquery()
    statement = select(TrailHead.seq, TrailHead.hash, last).select_from(
        row.outerjoin(TrailHead, TrailHead.organization_id == organization_id)
    )
    seq, found, there = session.execute(statement).one()
    return Head(seq or 0, found or GENESIS), there or 0


def order_of(filters: dict[str, Any]) -> list[InstrumentedAttribute[Any]]:
    """By when, then by place in the chain; from the table whose index serves the question."""
    source = TrailClient if _by_client(filters) else TrailEntry
    return [source.at, source.seq]


def branches_of(filters: dict[str, Any]) -> list[ColumnElement[bool]]:
    """For each of several clients the entries of theirs that none before them has too; nothing where none are given."""
    client_ids: Sequence[UUID] = filters.get("client_ids") or ()
    before = aliased(TrailClient)
    return [
        and_(
            TrailClient.client_id == client_id,
            ~exists().where(
                before.organization_id == TrailClient.organization_id,
                before.seq == TrailClient.seq,
                before.client_id.in_(client_ids[:place]),
            )
            if place
            else true(),
        )
        for place, client_id in enumerate(client_ids)
    ]


def _by_client(filters: dict[str, Any]) -> bool:
    return filters.get("client_id") is not None or bool(filters.get("client_ids"))


def filtered(organization_id: UUID, filters: dict[str, Any]) -> Select[Any]:
    """The entries that fit every given filter, in no order yet. Of several clients, `branches_of` says which."""
    statement = select(TrailEntry).where(TrailEntry.organization_id == organization_id)
    columns = {
        "staff_id": TrailEntry.actor_id,
        "object_id": TrailEntry.object_id,
        "action": TrailEntry.action,
    }
    for name, column in columns.items():
        if filters.get(name) is not None:
            statement = statement.where(column == filters[name])
    at = order_of(filters)[0]
    if _by_client(filters):
        statement = statement.join(
            TrailClient,
            (TrailClient.organization_id == TrailEntry.organization_id) & (TrailClient.seq == TrailEntry.seq),
        ).where(TrailClient.organization_id == organization_id)
    if filters.get("client_id") is not None:
        statement = statement.where(TrailClient.client_id == filters["client_id"])
    if filters.get("outcome") is not None:
        # Written out, so that the planner sees the partial index of denials fit.
        statement = statement.where(TrailEntry.outcome == literal_column(f"'{OUTCOMES[filters['outcome']]}'"))
    if filters.get("kind") is not None:
        statement = statement.where(text(KINDS[filters["kind"]]))
    if filters.get("from_instant") is not None:
        statement = statement.where(at >= filters["from_instant"])
    if filters.get("to_instant") is not None:
        statement = statement.where(at < filters["to_instant"])
    return statement
