"""How PostgreSQL runs a statement in a database that has been worked in: the same plan each time it is asked.

On a nearly empty table every way costs as good as nothing, and chance decides: what autovacuum counted last, how many
rows other tests have left. So each table that the statement reads is filled for the question, in a transaction that is
rolled back: the same rows of twenty organizations, counted by ANALYZE, and each page known to be visible to all.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final
from uuid import UUID

import psycopg
from psycopg import sql
from sqlalchemy import Executable
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql import ClauseElement

from shared.ids import new_id
from shared.testing.databases import ServiceDatabase

ROWS: Final = 4_000
ORGANIZATIONS: Final = 20
# What is cheaper than an index where tables are small. A plan that still has a sort or a scan has no index for it.
NOT_FOR_MANY_ROWS: Final = ("seqscan", "bitmapscan", "sort", "hashjoin", "mergejoin")
# By type: what the row number `n` has in the column with the number {at}. Values of two columns are independent, ids
# come several times, and half of what may be NULL is.
VALUES: Final = {
    "uuid": "md5({at} || ':' || (n / 20) % (37 + {at}))::uuid",
    "text": "left(md5({at} || ':' || n), {length})",
    "bytea": "decode(md5({at} || ':' || n), 'hex')",
    "date": "date '2016-01-01' + (n * (7919 + {at})) % 7300",
    "timestamptz": "timestamptz '2016-01-01Z' + make_interval(mins => (n * (7919 + {at})) % 10512000)",
    "time": "time '08:00' + make_interval(mins => n % 600)",
    "int2": "(n * (31 + {at})) % 100",
    "int4": "n * (31 + {at})",
    "int8": "n * (31 + {at})",
    "numeric": "n * (31 + {at})",
    "bool": "((n / 20) >> ({at} % 5)) & 1 = 1",
    "jsonb": "'{{}}'::jsonb",
}
VALUES_THAT_TAKE_TURNS: Final = "CASE ((n / 20) >> ({at} % 5)) & 1 WHEN 0 THEN NULL ELSE {value} END"


def plan_of(
    database: ServiceDatabase,
    organization_id: UUID | None,
    statement: Executable | str,
    *parameters: object,
    role: str = "app",
) -> str:
    """The lines of EXPLAIN for a process of that role, to whom the organization's rows are visible (None: no tenant).

    `statement` is SQLAlchemy's, or a text with `%s` for each of `parameters`. Nothing of it remains in the database.
    """
    text = statement if isinstance(statement, str) else _written_out(statement)
    with psycopg.connect(database.admin_url) as connection:

        def explained(form: str) -> list[Any]:
            connection.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(f"{database.service}_{role}")))
            lines = connection.execute(f"EXPLAIN {form} {text}".encode(), parameters or None).fetchall()
            connection.execute("RESET ROLE")
            return [line for (line,) in lines]

        connection.execute("SET LOCAL session_replication_role = replica")  # no triggers, no foreign keys
        connection.execute("SELECT set_config('app.organization_id', %s, true)", [str(organization_id or "")])
        tables = sorted(set(_tables(explained("(FORMAT JSON)"))))
        connection.execute(sql.SQL("TRUNCATE {} CASCADE").format(sql.SQL(", ").join(map(sql.Identifier, tables))))
        for table in tables:
            _fill(connection, table, organization_id or new_id())
        for way in NOT_FOR_MANY_ROWS:
            connection.execute(f"SET LOCAL enable_{way} = off".encode())
        lines = explained("")
        connection.rollback()
    return "\n".join(lines)


def _written_out(statement: Executable) -> str:
    assert isinstance(statement, ClauseElement)
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy gives it no types
    return str(statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))


def _tables(plan: Any) -> Iterator[str]:
    """Every table that a plan reads, as EXPLAIN's JSON names them."""
    if isinstance(plan, dict):
        if "Relation Name" in plan:
            yield plan["Relation Name"]
        plan = list(plan.values())
    for part in plan if isinstance(plan, list) else ():
        yield from _tables(part)


def _fill(connection: psycopg.Connection[Any], table: str, organization_id: UUID) -> None:
    name = sql.Identifier(table)
    rules = connection.execute(
        "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('c', 'x')", [table]
    ).fetchall()
    for (rule,) in rules:
        connection.execute(sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(name, sql.Identifier(rule)))
    columns = connection.execute(
        "SELECT column_name, ordinal_position, udt_name, is_nullable = 'YES', character_maximum_length"
        " FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER' AND is_identity = 'NO'"
        " ORDER BY ordinal_position",
        [table],
    ).fetchall()
    values = [_value(organization_id, *column) for column in columns]
    connection.execute(
        sql.SQL("INSERT INTO {} ({}) SELECT {} FROM generate_series(1, {}) n ON CONFLICT DO NOTHING").format(
            name,
            sql.SQL(", ").join(sql.Identifier(column) for column, *_ in columns),
            sql.SQL(", ").join(values),
            ROWS,
        )
    )
    connection.execute(sql.SQL("ANALYZE {}").format(name))
    connection.execute("UPDATE pg_class SET relallvisible = relpages WHERE oid = %s::regclass", [table])


def _value(organization_id: UUID, column: str, at: int, kind: str, nullable: bool, length: int | None) -> sql.SQL:
    if column == "organization_id":
        others = f"md5('organization ' || n % {ORGANIZATIONS})::uuid"
        return sql.SQL(f"CASE n % {ORGANIZATIONS} WHEN 0 THEN '{organization_id}'::uuid ELSE {others} END")
    if column == "id":
        return sql.SQL("md5('id ' || n)::uuid")
    value = f"'{{}}'::{kind}" if kind.startswith("_") else VALUES[kind].format(at=at, length=length or 32)
    return sql.SQL(VALUES_THAT_TAKE_TURNS.format(at=at, value=value) if nullable else value)
