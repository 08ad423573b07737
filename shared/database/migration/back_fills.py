"""What large tables get while they are in use: indexes, and values for earlier rows.

For revisions that do nothing else: each statement is a transaction of its own, so that no lock is held for longer than
it takes, and a revision that was interrupted may run again from its beginning.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import sqlalchemy as sa
from alembic import op
from sqlalchemy import text

from shared.database.migration.limits import LOCK_TIMEOUT, STATEMENT_TIMEOUT
from shared.ids import NIL
from shared.names import sort_key

QUEUE_ROWS: Final = 5_000
EARLIER_ROWS: Final = 1_000


def build_index(
    name: str,
    table: str,
    columns: Sequence[str | sa.TextClause],
    *,
    unique: bool = False,
    where: str | None = None,
) -> None:
    """An index of a table that may be large, while others read and write it. A `text` is an expression."""
    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = 0")  # it waits for transactions under way, and nobody waits for it
        op.execute("SET statement_timeout = 0")
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")  # what an interrupted run left is not valid
        op.create_index(
            name,
            table,
            list(columns),
            unique=unique,
            postgresql_where=None if where is None else sa.text(where),
            postgresql_concurrently=True,
        )
        op.execute(f"SET statement_timeout = '{STATEMENT_TIMEOUT}'")
        op.execute(f"SET lock_timeout = '{LOCK_TIMEOUT}'")


def drop_index(name: str) -> None:
    """Drop an index that another one replaces, while others read and write its table."""
    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = 0")
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
        op.execute(f"SET lock_timeout = '{LOCK_TIMEOUT}'")


def fill_in(tables: Sequence[str], statement: str) -> None:
    """Run a statement, which may run again, as the owner who meanwhile sees every organization's rows of `tables`."""
    with _seeing_every_row(tables):
        op.execute(statement)


def earlier_rows(table: str, columns: Sequence[str], *, beside: Sequence[str] = ()) -> Iterator[Sequence[sa.Row[Any]]]:
    """The rows of `table`, with `organization_id`, `id` and `columns`, a batch at a time in the order of the key.

    For what is worked out in Python. Meanwhile the owner sees every organization's rows of the tables `beside` too.
    """
    read = text(
        f"SELECT organization_id, id, {', '.join(columns)} FROM {table} WHERE (organization_id, id) > (:o, :i) "
        "ORDER BY organization_id, id LIMIT :most"
    )
    with _seeing_every_row((table, *beside)):
        after: tuple[object, object] = (NIL, NIL)
        while batch := op.get_bind().execute(read, {"o": after[0], "i": after[1], "most": EARLIER_ROWS}).all():
            yield batch
            after = (batch[-1].organization_id, batch[-1].id)


def fill_in_sort_keys(table: str, *names: str) -> None:
    """Give each row the key that its columns `names` sort by, unless somebody else changes these meanwhile."""
    unchanged = "".join(f" AND {name} = :{name}" for name in names)
    write = text(f"UPDATE {table} SET sort_key = :key WHERE organization_id = :organization_id AND id = :id{unchanged}")
    for batch in earlier_rows(table, names):
        rows = [{**row._mapping, "key": sort_key(*(getattr(row, name) for name in names))} for row in batch]
        op.get_bind().execute(write, rows)


def queue_earlier_entries() -> None:
    """Queue the rows of `audit_entries` from before its trigger, a batch at a time in the order of the key.

    What the trigger has queued may be queued again: identity knows what it has.
    """
    with _seeing_every_row(("audit_entries", "audit_pending")):
        after: tuple[object, object] | None = (NIL, NIL)
        while after is not None:
            after = _queue_batch(*after)


@contextmanager
def _seeing_every_row(tables: Sequence[str]) -> Iterator[None]:
    """Only the owner sees more meanwhile; the web and worker roles stay behind their policies."""
    with op.get_context().autocommit_block():
        for table in tables:
            op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        yield
        for table in tables:
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def _queue_batch(organization_id: object, entry_id: object) -> tuple[object, object] | None:
    """Queue what comes after that key; returns the last key of a full batch. What comes meanwhile has the trigger."""
    statement = text(
        "WITH batch AS (SELECT organization_id, id FROM audit_entries WHERE (organization_id, id) > (:o, :i) "
        "ORDER BY organization_id, id LIMIT :most), "
        "put AS (INSERT INTO audit_pending SELECT organization_id, id FROM batch ON CONFLICT DO NOTHING) "
        "SELECT organization_id, id, count(*) OVER () AS met FROM batch ORDER BY organization_id DESC, id DESC LIMIT 1"
    )
    values = {"o": organization_id, "i": entry_id, "most": QUEUE_ROWS}
    last = op.get_bind().execute(statement, values).first()
    return (last.organization_id, last.id) if last is not None and last.met == QUEUE_ROWS else None
