"""Many rows in one statement whose text stays the same however many there are.

SQLAlchemy writes `INSERT … VALUES (…), (…)` anew for every number of rows, and PostgreSQL plans it anew. Here the rows
travel as one JSON parameter, so that both know the statement from the last time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, LiteralString

import orjson
from sqlalchemy import Row, TextClause, text

from shared.database.connection import Statement
from shared.database.session import Session

STATEMENTS_KEPT: Final = 64


def insert_rows(
    session: Session, table: str, rows: Sequence[Mapping[str, Any]], *, on_conflict: str = "", returning: str = ""
) -> Sequence[Row[Any]]:
    """Insert rows that all name the same columns, in their order; returns what `returning` names of the inserted ones.

    A value is what JSON can say, besides ids, dates, instants and bytes; None is NULL. `on_conflict` follows
    `ON CONFLICT`: what happens to a row that is there already, by default an error. No rows: no statement.
    """
    if not rows:
        return ()
    statement = _statement(table, tuple(rows[0]), on_conflict, returning)
    parameters = {"rows": _json(rows)}
    if not returning:
        session.write(statement, parameters)
        return ()
    return session.execute(statement, parameters).all()


def update_rows(session: Session, table: str, key: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows that all name the same columns over those with the same `key`; see `insert_rows` for the values.

    It fails, by a division by zero, where one of them is gone or hidden. No rows: no statement.
    """
    if rows:
        session.write(_update(table, tuple(key), tuple(rows[0])), {"rows": _json(rows)})


def insert_together(session: Session, rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """Insert such rows into several tables, by the tables' names, in one statement.

    Foreign keys among them hold: they are checked when all rows are there.
    """
    filled = [(table, of_table) for table, of_table in rows.items() if of_table]
    if filled:
        statement = _several(tuple((table, tuple(of_table[0])) for table, of_table in filled))
        session.write(statement, {f"rows_{at}": _json(of_table) for at, (_, of_table) in enumerate(filled)})


def inserting(table: str, rows: Sequence[Mapping[str, Any]], *, on_conflict: str, returning: str) -> Statement:
    """The statement that inserts such rows, at least one, in the driver's form: for what travels with BEGIN."""
    insert = _insert(table, tuple(rows[0]), "%s")
    return f"{insert} ON CONFLICT {on_conflict} RETURNING {returning}".encode(), [_json(rows)]


def insert_along(session: Session, table: str, rows: Sequence[Mapping[str, Any]], **by_database: LiteralString) -> None:
    """Insert such rows with the next statement, see `Session.send_along`.

    `by_database` are columns whose values PostgreSQL works out, as SQL.
    """
    if rows:
        statement = _insert(table, tuple(rows[0]), "%s", tuple(by_database.items()))
        session.send_along(statement, [_json(rows)])


@lru_cache(maxsize=STATEMENTS_KEPT)
def _statement(table: str, columns: tuple[str, ...], on_conflict: str, returning: str) -> TextClause:
    return text(
        _insert(table, columns, ":rows")
        + (f" ON CONFLICT {on_conflict}" if on_conflict else "")
        + (f" RETURNING {returning}" if returning else "")
    )


@lru_cache(maxsize=STATEMENTS_KEPT)
def _update(table: str, key: tuple[str, ...], columns: tuple[str, ...]) -> TextClause:
    written = ", ".join(f'"{column}" = given."{column}"' for column in columns if column not in key)
    same = " AND ".join(f'{table}."{column}" = given."{column}"' for column in key)
    return text(
        f"WITH given AS (SELECT * FROM jsonb_populate_recordset(CAST(NULL AS {table}), CAST(:rows AS jsonb))),"
        f" changed AS (UPDATE {table} SET {written} FROM given WHERE {same} RETURNING 1)"
        " SELECT 1 / CAST(count(*) = (SELECT count(*) FROM given) AS integer) FROM changed"
    )


@lru_cache(maxsize=STATEMENTS_KEPT)
def _several(tables: tuple[tuple[str, tuple[str, ...]], ...]) -> TextClause:
    inserts = [_insert(table, columns, f":rows_{at}") for at, (table, columns) in enumerate(tables)]
    first = [f"part_{at} AS ({insert} RETURNING 1)" for at, insert in enumerate(inserts[:-1])]
    return text((f"WITH {', '.join(first)} " if first else "") + inserts[-1])


@lru_cache(maxsize=STATEMENTS_KEPT)
def _insert(table: str, columns: tuple[str, ...], rows: str, by_database: tuple[tuple[str, str], ...] = ()) -> str:
    """The statement with `rows` in place of its parameter."""
    names = [f'"{column}"' for column in columns]
    into = ", ".join([*names, *(f'"{column}"' for column, _ in by_database)])
    values = ", ".join([*names, *(value for _, value in by_database)])
    return (
        f"INSERT INTO {table} ({into})"
        f" SELECT {values} FROM jsonb_populate_recordset(CAST(NULL AS {table}), CAST({rows} AS jsonb))"
    )


def _json(rows: Sequence[Mapping[str, Any]]) -> str:
    return orjson.dumps(list(rows), default=_spelled).decode()


def _spelled(value: Any) -> str:
    """A value that JSON does not know, as PostgreSQL reads it."""
    if isinstance(value, bytes):
        return "\\x" + value.hex()
    raise TypeError(f"a column may not be given {type(value).__name__}")
