"""What an error of PostgreSQL means: run the transaction again, say that the database is away, or name a constraint."""

from __future__ import annotations

from typing import Any

import psycopg
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from shared import logs
from shared.errors import Unavailable

RETRYABLE_STATES = {"40001", "40P01"}  # serialization failure, deadlock: run the whole transaction again
AWAY_STATES = {
    "57P01",
    "57P02",
    "57P03",
    "57014",
    "55P03",
}  # shutdown, starting up, statement or lock timeout
AWAY_CLASSES = {"08", "53"}  # connection exceptions; out of disk, memory or connections


def sql_state(error: BaseException) -> str | None:
    """The five-character SQLSTATE of a database error, where it has one."""
    return getattr(getattr(error, "orig", error), "sqlstate", None)


def is_away(error: BaseException) -> bool:
    """Whether the error says that the database, not the statement, is the trouble."""
    if isinstance(error, PoolTimeout):
        return True
    state = sql_state(error)
    if state is None:
        return isinstance(error, OperationalError | psycopg.OperationalError)
    return state in AWAY_STATES or state[:2] in AWAY_CLASSES


def violated_constraint(error: BaseException) -> str | None:
    """The name of the constraint that an integrity error names, for turning it into a refusal."""
    diagnosis: Any = getattr(getattr(error, "orig", None), "diag", None)
    return getattr(diagnosis, "constraint_name", None)


def translated(error: DBAPIError | psycopg.Error) -> Exception:
    """What to raise for an error of the database: `Unavailable` where the database is the trouble, else itself."""
    if is_away(error) or sql_state(error) in RETRYABLE_STATES:
        logs.get().warning("database_away", error=error, sql_state=sql_state(error))
        return Unavailable(retry_after_seconds=1)
    return error
