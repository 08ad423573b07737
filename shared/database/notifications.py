"""Waiting for NOTIFY without waking up meanwhile: psycopg's own wait looks ten times a second whether to stop."""

from __future__ import annotations

import select
from typing import Any

import psycopg


def wait_for_notification(connection: psycopg.Connection[Any], seconds: float) -> bool:
    """Whether a notification has come, as soon as it has, or else after so many seconds. Raises `psycopg.Error`.

    What has been received already is looked at before: the socket would not tell of it.
    """
    if _has_come(connection):
        return True
    socket = select.poll()
    socket.register(connection.fileno(), select.POLLIN)
    return bool(socket.poll(seconds * 1000)) and _has_come(connection)


def _has_come(connection: psycopg.Connection[Any]) -> bool:
    return bool(list(connection.notifies(timeout=0, stop_after=1)))
