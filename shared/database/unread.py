"""Writes whose answer nobody reads: they go out with the next statement, and cost no round trip of their own.

SQLAlchemy waits for the answer of each statement of a flush, although all that it reads is how many rows an UPDATE
changed. Here such a statement fails by itself where it does not change its row, so the answer is known beforehand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Engine, event
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.sql.compiler import SQLCompiler

from shared.database.connection import Connection, Cursor

UNREAD: Final = "unread"  # the execution option of a statement whose answer its caller does not read
STATEMENTS_KEPT: Final = 512
# Within a savepoint nothing is kept. So its end finds no error, and its beginning those of what was written before it.
RELEASE: Final = "RELEASE SAVEPOINT "


def listen(engine: Engine) -> None:
    """Have the connections of this engine keep such writes."""
    event.listen(engine, "do_execute", _keep)
    event.listen(engine, "do_executemany", _keep_many)


def _keep(cursor: Cursor, statement: str, parameters: Any, context: DefaultExecutionContext) -> bool:
    """Whether the statement was kept, so that SQLAlchemy need not send it."""
    return _may_wait(cursor, statement, context) and _kept(cursor, statement, [parameters], context)


def _keep_many(
    cursor: Cursor, statement: str, parameters: Sequence[Mapping[str, Any]], context: DefaultExecutionContext
) -> bool:
    """As `_keep`, once for each of these parameters."""
    return _may_wait(cursor, statement, context) and _kept(cursor, statement, parameters, context)


def _may_wait(cursor: Cursor, statement: str, context: DefaultExecutionContext) -> bool:
    if context.execution_options.get(UNREAD) or statement.startswith(RELEASE):
        return True
    connection = cursor.connection
    assert isinstance(connection, Connection)
    if not (connection.keeps_writes and (context.isinsert or context.isupdate)):
        return False
    return isinstance(context.compiled, SQLCompiler) and not context.compiled.effective_returning


def _kept(
    cursor: Cursor, statement: str, parameters: Sequence[Mapping[str, Any]], context: DefaultExecutionContext
) -> bool:
    connection = cursor.connection
    assert isinstance(connection, Connection)
    text = _changing_a_row(statement) if context.isupdate and connection.keeps_writes else _encoded(statement)
    for of_row in parameters:
        connection.keep((text, of_row))
    cursor.kept_rows = len(parameters)
    return True


@lru_cache(maxsize=STATEMENTS_KEPT)
def _changing_a_row(update: str) -> bytes:
    """The UPDATE of a row by its key, failing (by a division by zero) where the row is gone or hidden."""
    return f"WITH changed AS ({update} RETURNING 1) SELECT 1 / count(*) FROM changed".encode()


@lru_cache(maxsize=STATEMENTS_KEPT)
def _encoded(statement: str) -> bytes:
    return statement.encode()
