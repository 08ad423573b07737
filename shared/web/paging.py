"""Lists in pages: `{"items": […], "next_cursor": …}`, keyset based, so page 1,000 costs what page 1 costs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeAlias
from uuid import UUID

import orjson
from marshmallow import Schema, fields, validate
from sqlalchemy import ColumnElement, Select, literal, select, tuple_, union_all
from sqlalchemy.orm import QueryableAttribute, aliased

from shared.database.session import Session
from shared.web.cursors import CURSOR_CHARACTERS_MAX, Cursors
from shared.web.fields import Numeral, Several
from shared.web.strict_fields import Id

LIMIT_DEFAULT = 50
LIMIT_MAX = 200
LOOKED_UP_MAX = 100
Key: TypeAlias = ColumnElement[Any] | QueryableAttribute[Any]


class PageQuery(Schema):
    """`?limit=` and `?cursor=`; list endpoints derive theirs from it."""

    limit = Numeral(load_default=LIMIT_DEFAULT, validate=validate.Range(1, LIMIT_MAX))
    cursor = fields.String(load_default=None, validate=validate.Length(max=CURSOR_CHARACTERS_MAX))


class ListQuery(PageQuery):
    """A list of things with names, which is also asked for some of them by their ids."""

    ids = Several(Id(), "Only these, by their ids.", at_most=LOOKED_UP_MAX, load_default=None)


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
        description = f"The order of the list. {each}. Default: `{self.default}`."
        return fields.String(
            load_default=self.default,
            validate=validate.OneOf(names),
            metadata={"description": description, "enum": names},
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
    carries: Sequence[Any] = (),
    about: str = "",
    branches: Sequence[ColumnElement[bool]] = (),
) -> dict[str, Any]:
    """One page of `statement` in the order of `keys`, which must be unique together, not null, and indexed.

    Rows must expose the keys by name. The cursor carries `carries` to the next page besides, where `carried` reads it,
    and opens only for a list `about` the same. `branches` narrow the list to rows that meet one of them, and no row
    meets two: where an index has each of them in order, a page of each is read and no row more.
    Raises `Invalid` (`cursor`) for a cursor that this list did not give.
    """
    if cursor is not None:
        values = _opened(session, cursor, keys, descending, about)[-len(keys) :]
        after = tuple_(*(literal(_read(value, key), key.type) for key, value in zip(keys, values, strict=True)))
        position = tuple_(*keys)
        statement = statement.where(position < after if descending else position > after)
    statement = statement.order_by(*_directed(keys, descending)).limit(limit + 1)
    if len(branches) > 1:
        statement = _of_branches(statement, branches, keys, descending, scalars)
    elif branches:
        statement = statement.where(branches[0])
    result = session.execute(statement.limit(limit + 1))
    rows = list(result.scalars() if scalars else result)
    more = len(rows) > limit
    next_cursor = _sealed(session, rows[limit - 1], keys, descending, carries, about) if more else None
    return {"items": rows[:limit], "next_cursor": next_cursor}


def carried(
    session: Session, cursor: str, keys: Sequence[Key], *, descending: bool = False, about: str = ""
) -> list[Any]:
    """What the page before had its cursor carry; raises `Invalid` (`cursor`)."""
    return _opened(session, cursor, keys, descending, about)[: -len(keys)]


def _directed(keys: Sequence[Any], descending: bool) -> list[ColumnElement[Any]]:
    return [key.desc() if descending else key.asc() for key in keys]


def _of_branches(
    statement: Select[*tuple[Any, ...]],
    branches: Sequence[ColumnElement[bool]],
    keys: Sequence[Key],
    descending: bool,
    scalars: bool,
) -> Select[*tuple[Any, ...]]:
    """What is in order in each branch, in one order."""
    found = union_all(*(statement.where(branch) for branch in branches)).subquery()
    order = _directed([found.c[str(key.key)] for key in keys], descending)
    whole = aliased(statement.column_descriptions[0]["entity"], found) if scalars else found
    return select(whole).order_by(*order)


def _sealed(
    session: Session, row: Any, keys: Sequence[Key], descending: bool, carries: Sequence[Any], about: str
) -> str:
    values = [getattr(row, str(key.key)) for key in keys]
    return Cursors.of(session).seal([*carries, *values], _order(keys, descending, about))


def _opened(session: Session, cursor: str, keys: Sequence[Key], descending: bool, about: str) -> list[Any]:
    return Cursors.of(session).open(cursor, _order(keys, descending, about))


def _order(keys: Sequence[Key], descending: bool, about: str) -> str:
    return orjson.dumps([[str(key.key) for key in keys], descending, about]).decode()


def _read(value: Any, key: Key) -> Any:
    """A key's value from JSON."""
    return _READERS[key.type.python_type](value)


_READERS: dict[type, Callable[[Any], Any]] = {
    UUID: UUID,
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
    str: str,
    int: int,
    bool: bool,
}
