"""Whether there is anything to do, asked in one round trip: most looks of an idle process find nothing.

A transaction costs its process ten times as much, and the parts of a worker look around the clock.
"""

from __future__ import annotations

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from shared.database.connection import Connection
from shared.database.session import Database


def finds(database: Database, query: str, *parameters: object) -> bool:
    """Whether a query finds a row now, outside of any transaction and tenant.

    True also where nobody can say, as when the database is away: the transaction that follows finds out.
    """
    try:
        pooled = database.engine.raw_connection()
        try:
            assert isinstance(pooled.driver_connection, Connection)
            return pooled.driver_connection.execute(query.encode(), parameters).fetchone() is not None
        finally:
            pooled.close()
    except (DBAPIError, psycopg.Error, PoolTimeout):
        return True
