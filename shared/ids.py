"""Identifiers: UUID version 7 (RFC 9562), made by the service, never by the client or the database.

The first 48 bits are the millisecond of birth, which tells an id too young to have arrived from one
that nobody knows.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from uuid import UUID

import uuid_utils.compat

NIL = UUID(int=0)


def new_id() -> UUID:
    """A fresh UUIDv7; later calls in one process sort later."""
    return uuid_utils.compat.uuid7()


def new_id_of(organization_id: UUID) -> UUID:
    """A fresh UUIDv7 for something that other services hear of; its last two bytes are a mark of its organization.

    A service that does not know a young id yet can so tell one that is under way to it from another organization's,
    which will never come. It decides nothing else: access rests on the tenant alone.
    """
    return UUID(int=new_id().int & ~0xFFFF | _mark(organization_id))


def may_belong(identifier: UUID, organization_id: UUID) -> bool:
    """Whether an id made by `new_id_of` can be this organization's."""
    return identifier.int & 0xFFFF == _mark(organization_id)


def _mark(organization_id: UUID) -> int:
    return int.from_bytes(hashlib.sha256(organization_id.bytes).digest()[:2], "big")


def first_id_at(instant: datetime) -> UUID:
    """What every id of an earlier millisecond sorts before, and none of a later one."""
    milliseconds = (instant - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    return UUID(int=max(milliseconds, 0) << 80)


def born_at(identifier: UUID) -> datetime | None:
    """The instant in a version 7 id, or None for any other version."""
    if identifier.version != 7:
        return None
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=identifier.int >> 80)
