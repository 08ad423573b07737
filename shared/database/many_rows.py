"""Many rows in one statement whose text stays the same however many there are.

SQLAlchemy writes `INSERT … VALUES (…), (…)` anew for every number of rows, and PostgreSQL plans it anew. Here the rows
travel as one JSON parameter, so that both know the statement from the last time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

import orjson
from sqlalchemy import Row, TextClause, text

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
    result = session.execute(statement, {"rows": orjson.dumps(list(rows), default=_spelled).decode()})
    return result.all() if returning else ()


@lru_cache(maxsize=STATEMENTS_KEPT)
def _statement(table: str, columns: tuple[str, ...], on_conflict: str, returning: str) -> TextClause:
    names = ", ".join(f'"{column}"' for column in columns)
    return text(
        f"INSERT INTO {table} ({names})"
        f" SELECT {names} FROM jsonb_populate_recordset(CAST(NULL AS {table}), CAST(:rows AS jsonb))"
        + (f" ON CONFLICT {on_conflict}" if on_conflict else "")
        + (f" RETURNING {returning}" if returning else "")
    )


def _spelled(value: Any) -> str:
    """A value that JSON does not know, as PostgreSQL reads it."""
    if isinstance(value, bytes):
        return "\\x" + value.hex()
    raise TypeError(f"a column may not be given {type(value).__name__}")
