"""Every answer is what marshmallow would dump, whatever the handler returned: rows, dictionaries, with and without."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import orjson
import pytest
from marshmallow import Schema, fields, post_dump, post_load, pre_load, validates_schema

from shared.services import SERVICES
from shared.testing.databases import load
from shared.web.dumping import dump_of

SCHEMAS = sorted(
    {route.response for name in SERVICES for route in load(name).routes if route.response is not None},
    key=lambda schema: (schema.__module__, schema.__name__),
)
MOMENTS = (
    datetime(2026, 11, 1, 5, 30, 7, 250000, tzinfo=UTC),
    datetime(2026, 11, 1, 5, 30, tzinfo=timezone(timedelta(hours=-5))),
    datetime(2026, 3, 8, 16, 0, tzinfo=timezone(timedelta(hours=2))),
)


class Row(SimpleNamespace):
    """A row of the ORM, of which any other attribute is None."""

    def __getattr__(self, name: str) -> Any:
        return None


class Listed(tuple[Any, ...]):
    """A row of a query for columns: a tuple with names."""

    @classmethod
    def of(cls, values: dict[str, Any]) -> Listed:
        """With these columns."""
        made = cls(values.values())
        vars(made).update(values)
        return made


def value_of(field: fields.Field[Any], turn: int, make: Callable[[dict[str, Any]], Any]) -> Any:
    """A value that a handler might return; each third is None where it may be."""
    if field.allow_none and turn % 3 == 2:
        return None
    if isinstance(field, fields.List):
        return [value_of(field.inner, turn + at, make) for at in range(turn % 4)]
    if isinstance(field, fields.Nested):
        rows = [row_of(field.schema, turn + at, make) for at in range(2)]
        return rows if field.many or field.schema.many else rows[0]
    if isinstance(field, fields.Dict):
        return {"plan": ["before", None]}
    if isinstance(field, fields.UUID):
        return UUID(int=turn + 7)
    if isinstance(field, fields.Boolean):
        return turn % 2 == 0
    if isinstance(field, fields.Integer):
        return turn - 3
    if isinstance(field, fields.DateTime) or type(field).__name__ == "Local":
        return MOMENTS[turn % len(MOMENTS)]
    if isinstance(field, fields.Date):
        return date(2026, 2, 1 + turn % 20)
    if isinstance(field, fields.Time):
        return time(9, turn % 60)
    return f"text {turn} é"


def row_of(schema: Schema, turn: int, make: Callable[[dict[str, Any]], Any]) -> Any:
    """What the schema dumps; in some turns without a value here and there."""
    values = {
        field.attribute or name: value_of(field, turn + at, make)
        for at, (name, field) in enumerate(schema.dump_fields.items())
        if (turn + at) % 7 or turn % 2
    }
    return make(values)


def as_a_document(values: dict[str, Any]) -> Any:
    """The row as it comes out of a column of documents: ids and days are texts there."""
    return orjson.loads(orjson.dumps(values, default=str))


def outcome(dump: Callable[[Any], Any], row: Any) -> Any:
    """What it makes of the row, keys in their order; None where it cannot."""
    try:
        shown = dump(row)
    except (AttributeError, KeyError, TypeError, ValueError):
        return None
    return shown, list(shown)


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: schema.__name__)
def test_it_is_as_marshmallow_dumps_it(schema: type[Schema]) -> None:
    made = schema()
    dump = dump_of(made)
    compared = 0
    for turn in range(14):
        for make in (dict, lambda values: Row(**values), Listed.of, as_a_document):
            row = row_of(made, turn, make)
            expected = outcome(made.dump, row)
            assert outcome(dump, row) == expected
            compared += expected is not None
    assert compared or dump == made.dump, "no row was dumped"


class Loading(Schema):
    """A schema whose methods act on what comes in."""

    name = fields.String()

    @pre_load
    def _read(self, data: Any, **_: Any) -> Any:
        return data

    @post_load
    def _made(self, data: Any, **_: Any) -> Any:
        return data

    @validates_schema
    def _checked(self, data: Any, **_: Any) -> None:
        assert data


class Dumping(Loading):
    """The same with a method that acts on what goes out."""

    @post_dump
    def _shown(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {**data, "more": True}


def test_methods_that_marshmallow_calls_for_what_comes_in_cost_nothing_on_the_way_out() -> None:
    loading, dumping = Loading(), Dumping()
    assert dump_of(loading) != loading.dump
    assert dump_of(loading)({"name": "Ada"}) == {"name": "Ada"}
    assert dump_of(dumping) == dumping.dump
    assert dump_of(dumping)({"name": "Ada"}) == {"name": "Ada", "more": True}
