"""Look-ups of many things by their ids: the ids that they take, and the order in which they answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from marshmallow import Schema, fields, validate

from shared.web.fields import about
from shared.web.strict_fields import Id

CLIENTS_MAX = 100


class ClientsLookup(Schema):
    """Ids of clients of whom something is wanted."""

    client_ids = fields.List(
        Id(),
        required=True,
        validate=validate.Length(max=CLIENTS_MAX),
        metadata=about(f"Ids of clients, at most {CLIENTS_MAX}."),
    )


def in_their_order(ids: Sequence[UUID], found: Iterable[dict[str, Any]], key: str) -> list[dict[str, Any]]:
    """What was found, in the order of the ids that were looked up: `key` names the id of an entry.

    A database answers in whatever order it read; that order would tell of rows that the person may not see. Entries of
    one id keep the order that they have.
    """
    place = {identifier: number for number, identifier in reversed(list(enumerate(ids)))}
    return sorted(found, key=lambda entry: place[entry[key]])
