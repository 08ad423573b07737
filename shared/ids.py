"""Identifiers: UUID version 7 (RFC 9562), made by the service, never by the client or the database.

The first 48 bits are the millisecond of birth, which tells an id too young to have arrived from one
that nobody knows.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import uuid_utils.compat

NIL = UUID(int=0)


def new_id() -> UUID:
    """A fresh UUIDv7; later calls in one process sort later."""
    return uuid_utils.compat.uuid7()


def born_at(identifier: UUID) -> datetime | None:
    """The instant in a version 7 id, or None for any other version."""
    if identifier.version != 7:
        return None
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=identifier.int >> 80)
