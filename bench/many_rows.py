"""Large data out of a little: rows that the product wrote are copied many times, with COPY."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import psycopg
from psycopg import sql


def multiply(
    connection: psycopg.Connection[Any],
    table: str,
    where: Mapping[str, object],
    changes: Iterable[Mapping[str, object]],
) -> int:
    """Write a copy of the row that `where` finds for each of the changes; returns how many rows that is.

    Triggers and foreign keys are off: what they would write or check, the changes say. Everything else is of the row.
    """
    with connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")
        names = _columns(connection, table)
        conditions = sql.SQL(" AND ").join(sql.SQL("{} = %s").format(sql.Identifier(name)) for name in where)
        texts = sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(name)) for name in names)
        found = connection.execute(
            sql.SQL("SELECT {} FROM {} WHERE {} LIMIT 1").format(texts, sql.Identifier(table), conditions),
            list(where.values()),
        ).fetchone()
        assert found is not None, f"{table} has no such row"
        row = dict(zip(names, found, strict=True))
        columns = sql.SQL(", ").join(map(sql.Identifier, names))
        written = 0
        with connection.cursor().copy(
            sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), columns)
        ) as copy:
            for change in changes:
                copy.write_row(list({**row, **change}.values()))
                written += 1
    return written


def _columns(connection: psycopg.Connection[Any], table: str) -> list[str]:
    """Those that can be written: PostgreSQL makes the others itself."""
    return [
        name
        for (name,) in connection.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = %s"
            " AND is_generated = 'NEVER' ORDER BY ordinal_position",
            [table],
        )
    ]
