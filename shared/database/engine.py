"""The engine of one role: a pool of our own kind of connections, each with its time limits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import orjson
from sqlalchemy import URL, Engine, create_engine, event, make_url

from shared.database.connection import Connection
from shared.database.unread import listen

STATEMENT_TIMEOUT_MS: Final = 8_000
LOCK_TIMEOUT_MS: Final = 2_000
IDLE_IN_TRANSACTION_TIMEOUT_MS: Final = 15_000
POOL_WAIT_SECONDS: Final = 2


def sqlalchemy_url(url: str) -> URL:
    """A libpq style `postgresql://` address for SQLAlchemy's psycopg 3 dialect."""
    return make_url(url).set(drivername="postgresql+psycopg")


def new_engine(url: str, pool_size: int, application_name: str) -> Engine:
    """An engine for this address, which connects when it is first used."""
    engine = create_engine(
        sqlalchemy_url(url),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=POOL_WAIT_SECONDS,
        pool_use_lifo=True,
        hide_parameters=True,
        json_deserializer=orjson.loads,
        connect_args={
            "autocommit": True,  # `Connection.begin` says when a transaction begins
            "application_name": application_name,
            "connect_timeout": 3,
            "options": f"-c statement_timeout={STATEMENT_TIMEOUT_MS} -c lock_timeout={LOCK_TIMEOUT_MS}"
            f" -c idle_in_transaction_session_timeout={IDLE_IN_TRANSACTION_TIMEOUT_MS} -c timezone=UTC",
        },
    )
    event.listen(engine, "do_connect", _connect)
    listen(engine)
    return engine


def _connect(_dialect: object, _record: object, given: Sequence[Any], more: dict[str, Any]) -> Connection:
    return Connection.connect(*given, **more)
