"""Questions that a test asks as the superuser, over a connection that stays for the next one.

Opening a connection costs client and server 2 ms together, and a test that waits asks again and again.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any, Final

import psycopg

IDLE_MAX: Final = 4
# By address, the one that was used last in the end. Who asks takes it out: two threads never share one.
_IDLE: Final[dict[str, psycopg.Connection[Any]]] = {}
_CHANGING: Final = threading.Lock()


def found(url: str, statement: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
    """The rows of a statement; what it changes is committed. Raises what psycopg raises."""
    connection = _taken(url)
    try:
        rows = connection.execute(statement.encode(), parameters or None).fetchall()
    except psycopg.Error:
        connection.close()
        raise
    _keep(url, connection)
    return rows


def _taken(url: str) -> psycopg.Connection[Any]:
    with _CHANGING:
        kept = _IDLE.pop(url, None)
    if kept is not None:
        try:
            kept.execute("SELECT 1")
        except psycopg.Error:
            kept.close()  # the server has been stopped or killed meanwhile
        else:
            return kept
    return psycopg.connect(url, autocommit=True)


def _keep(url: str, connection: psycopg.Connection[Any]) -> None:
    with _CHANGING:
        replaced = _IDLE.pop(url, None)
        _IDLE[url] = connection
        oldest = _IDLE.pop(next(iter(_IDLE))) if len(_IDLE) > IDLE_MAX else None
    for needless in (replaced, oldest):
        if needless is not None:
            needless.close()
