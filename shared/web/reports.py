"""Reports about clients: a page at a time as JSON, or all rows as a file that is written while it is read.

A report of a service is data (`Report`): the rows in an order that an index gives, what an answer shows of them, and
the columns of a file. Nobody's data leave without being on record: every page and every batch of a file names its
clients in the audit trail.
"""

from __future__ import annotations

import contextvars
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final, TypeVar

from marshmallow import Schema, fields
from sqlalchemy import Select, literal, tuple_

from shared import audit
from shared.actor import Caller
from shared.audit_tables import AUDIT_ENTRIES
from shared.database.session import Session
from shared.spreadsheets.tabular import csv_lines
from shared.spreadsheets.workbook import workbook_pieces
from shared.web.exports import ensure_may_export
from shared.web.fields import Instant, about, choice
from shared.web.paging import Key, PageQuery, paginate
from shared.web.routes import Run, Streamed

T = TypeVar("T")
BATCH_ROWS: Final = audit.CLIENTS_PER_ENTRY  # one audit entry each
FILES: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
STREAMS: Final = ("text/csv", FILES["xlsx"])
FORMATS: Final = {
    "json": "a page of the report",
    "csv": "the whole report as a CSV file (RFC 4180, UTF-8)",
    "xlsx": "the whole report as a workbook",
}


def file_format() -> fields.String:
    """How a list comes that may be taken as a file."""
    description = "How the report comes. A file holds every row, whatever `limit` says."
    return choice(FORMATS, description, FORMATS, load_default="json")


class ReportQuery(PageQuery):
    """What a report is asked for."""

    format = file_format()


def report_of(item: type[Schema], order: str, *, name: str) -> type[Schema]:
    """The schema of a page of a report; `order` says in which order its items come."""
    page = Schema.from_dict(
        {
            "name": fields.String(metadata=about("Name of the report, as its address ends.")),
            "as_of": Instant(metadata=about("The instant that the report speaks of.")),
            "items": fields.List(fields.Nested(item), metadata={"description": order}),
            "next_cursor": fields.String(allow_none=True),
        },
        name=name,
    )
    page.__doc__ = f"A page of a report. Each item: {item.__doc__}"
    return page


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One report as somebody may see it.

    `keys` order the rows of `statement`, as `paginate` takes them. `items` makes of rows what an answer shows, each
    with its `client_id`; `columns` makes of an item the cells of a file, by their heads.
    """

    name: str
    action: str
    as_of: datetime
    statement: Select[*tuple[Any, ...]]
    keys: Sequence[Key]
    items: Callable[[Session, Sequence[Any]], list[dict[str, Any]]]
    columns: Mapping[str, Callable[[Mapping[str, Any]], Any]]
    scalars: bool = True


def present(session: Session, actor: Caller, report: Report, query: Mapping[str, Any]) -> dict[str, Any] | Streamed:
    """A page of the report, or the whole of it as a file. Raises `TooMany` after five files within an hour."""
    kind = query["format"]
    if kind in FILES:
        ensure_may_export(session, actor, report.action, AUDIT_ENTRIES.c.details.has_key("format"))
        audit.describe(session, client_ids=(), report=report.name, format=kind)
        return Streamed(
            FILES[kind], f"{report.name}.{kind}", written(kind, list(report.columns), partial(_batches, actor, report))
        )
    page = paginate(
        session,
        report.statement,
        report.keys,
        limit=query["limit"],
        cursor=query["cursor"],
        scalars=report.scalars,
    )
    items = report.items(session, page["items"])
    shown = [item["client_id"] for item in items]
    audit.describe(session, client_ids=shown, report=report.name, rows=len(items))
    return {"name": report.name, "as_of": report.as_of, "items": items, "next_cursor": page["next_cursor"]}


def written(
    kind: str, columns: Sequence[str], batches: Callable[[Run], Iterable[Sequence[Sequence[Any]]]]
) -> Callable[[Run], Iterator[bytes]]:
    """The content of a file of that kind (`FILES`): its heads, then the rows that `batches` gives while it is read."""
    request = contextvars.copy_context()  # the entries of the batches are of this request, which is over by then

    def in_the_request(run: Run) -> Run:
        def run_in_it(work: Callable[[Session], T]) -> T:
            return request.run(lambda: run(work))

        return run_in_it

    def content(run: Run) -> Iterator[bytes]:
        rows = batches(in_the_request(run))
        if kind == "xlsx":
            yield from workbook_pieces(columns, rows)
            return
        yield csv_lines([columns])
        for batch in rows:
            yield csv_lines(batch)

    return content


def _batches(actor: Caller, report: Report, run: Run) -> Iterator[list[tuple[Any, ...]]]:
    """The rows of a file, each batch in a transaction of its own: no connection is held while somebody reads."""
    after: tuple[Any, ...] | None = None
    before = 0
    while True:

        def batch(
            session: Session, after: tuple[Any, ...] | None = after, before: int = before
        ) -> tuple[list[dict[str, Any]], tuple[Any, ...]]:
            statement = report.statement.order_by(*report.keys).limit(BATCH_ROWS)
            if after is not None:
                values = (literal(value, key.type) for value, key in zip(after, report.keys, strict=True))
                statement = statement.where(tuple_(*report.keys) > tuple_(*values))
            result = session.execute(statement)
            rows: list[Any] = list(result.scalars() if report.scalars else result)
            if not rows:
                return [], ()
            items = report.items(session, rows)
            audit.record(
                session,
                actor,
                report.action,
                client_ids=[item["client_id"] for item in items],
                rule="assigned" if actor.sees_assigned_only else "level",
                details={"report": report.name, "rows": len(items), "rows_before": before},
            )
            return items, tuple(getattr(rows[-1], str(key.key)) for key in report.keys)

        items, after = run(batch)
        if items:
            yield [tuple(cell(item) for cell in report.columns.values()) for item in items]
        if len(items) < BATCH_ROWS:
            return
        before += len(items)
