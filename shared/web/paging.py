"""Lists in pages: `{"items": […], "next_cursor": …}`, keyset based, so page 1,000 costs what page 1 costs."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeAlias
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
Key: TypeAlias = ColumnElement[Any] | InstrumentedAttribute[Any]


class PageQuery(Schema):
    """`?limit=` and `?cursor=`; list endpoints derive theirs from it."""

    limit = fields.Integer(load_default=LIMIT_DEFAULT, validate=validate.Range(1, LIMIT_MAX))
    cursor = fields.String(load_default=None, validate=validate.Length(max=CURSOR_CHARACTERS_MAX))


def page_of(item: type[Schema], order: str, *, name: str | None = None) -> type[Schema]:
    """The schema of a page of `item`s; `order` says in which order they come, e.g. "Newest first."."""
    items = fields.List(fields.Nested(item), metadata={"description": order})
    page = Schema.from_dict(
        {"items": items, "next_cursor": fields.String(allow_none=True)},
        name=name or item.__name__.removesuffix("Schema") + "Page",
    )
    page.__doc__ = f"A page of a list. Each item: {item.__doc__}"
    return page


@dataclass(frozen=True, slots=True)
class Orders:
    """The orders that a list comes in: `columns` of each name, unique together, not null and indexed, and the default.

    `-name` is the other way round.
    """

    columns: Mapping[str, Sequence[Key]]
    default: str

    def parameter(self) -> fields.String:
        """`?sort=` of the list's query."""
        names = [f"{sign}{name}" for name in self.columns for sign in ("", "-")]
        each = "; ".join(f"`{name}`: ascending; `-{name}`: descending" for name in self.columns)
        said = f"The order of the list. {each}. Default: `{self.default}`."
        return fields.String(
            load_default=self.default, validate=validate.OneOf(names), metadata={"description": said, "enum": names}
        )

    def of(self, sort: str) -> tuple[list[Key], bool]:
        """The columns to sort by, and whether from the last to the first."""
        return list(self.columns[sort.removeprefix("-")]), sort.startswith("-")


def paginate(
    session: Session,
    statement: Select[*tuple[Any, ...]],
    keys: Sequence[Key],
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


def _decode(cursor: str, keys: Sequence[Key]) -> list[Any]:
    try:
        values = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(values, list) or len(values) != len(keys):
            raise ValueError("another list's cursor")
        return [
            literal(_READERS[key.type.python_type](value), key.type) for key, value in zip(keys, values, strict=True)
        ]
    except (ValueError, TypeError, KeyError, AttributeError, binascii.Error) as error:
        raise Invalid.field("cursor", "invalid", "Give the next_cursor of the page before.") from error
