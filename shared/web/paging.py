"""Lists in pages: `{"items": […], "next_cursor": …}`, keyset based, so page 1,000 costs what page 1 costs."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from marshmallow import Schema, fields, validate
from sqlalchemy import ColumnElement, Select, literal, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from shared.database.session import Session
from shared.errors import Invalid

LIMIT_DEFAULT = 50
LIMIT_MAX = 200
CURSOR_CHARACTERS_MAX = 1_000
INTEGER_MAX = 2**31 - 1  # of PostgreSQL's integer


class PageQuery(Schema):
    """`?limit=` and `?cursor=`; list endpoints derive theirs from it."""

    limit = fields.Integer(load_default=LIMIT_DEFAULT, validate=validate.Range(1, LIMIT_MAX))
    cursor = fields.String(load_default=None, validate=validate.Length(max=CURSOR_CHARACTERS_MAX))


def page_of(item: type[Schema]) -> type[Schema]:
    """The schema of a page of `item`s."""
    name = item.__name__.removesuffix("Schema") + "Page"
    page = Schema.from_dict(
        {"items": fields.List(fields.Nested(item)), "next_cursor": fields.String(allow_none=True)}, name=name
    )
    page.__doc__ = f"A page of a list. Each item: {item.__doc__}"
    return page


def paginate(
    session: Session,
    statement: Select[*tuple[Any, ...]],
    keys: Sequence[ColumnElement[Any] | InstrumentedAttribute[Any]],
    *,
    limit: int,
    cursor: str | None,
    descending: bool = False,
    scalars: bool = True,
) -> dict[str, Any]:
    """One page of `statement` in the order of `keys`, which must be unique together, not null, and indexed.

    Rows must expose the keys by name. Raises `Invalid` (`cursor`) for a cursor that this list did not give.
    """
    if cursor is not None:
        after = tuple_(*_decode(cursor, keys))
        position = tuple_(*keys)
        statement = statement.where(position < after if descending else position > after)
    order = [key.desc() if descending else key.asc() for key in keys]
    result = session.execute(statement.order_by(*order).limit(limit + 1))
    rows = list(result.scalars() if scalars else result)
    names = [key.key for key in keys]
    more = len(rows) > limit
    return {
        "items": rows[:limit],
        "next_cursor": _encode([getattr(rows[limit - 1], str(name)) for name in names]) if more else None,
    }


def _encode(values: list[Any]) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(values)).rstrip(b"=").decode()


def _text(value: Any) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise ValueError("not a text that a column can hold")
    return value


def _number(value: Any) -> int:
    if not isinstance(value, int) or abs(value) > INTEGER_MAX:
        raise ValueError("not a number that a column can hold")
    return value


_READERS: dict[type, Callable[[Any], Any]] = {
    UUID: UUID,
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
    str: _text,
    int: _number,
    bool: bool,
}


def _decode(cursor: str, keys: Sequence[ColumnElement[Any] | InstrumentedAttribute[Any]]) -> list[Any]:
    try:
        values = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(values, list) or len(values) != len(keys):
            raise ValueError("another list's cursor")
        return [
            literal(_READERS[key.type.python_type](value), key.type) for key, value in zip(keys, values, strict=True)
        ]
    except (ValueError, TypeError, KeyError, AttributeError, binascii.Error) as error:
        raise Invalid.field("cursor", "invalid", "Give the next_cursor of the page before.") from error
