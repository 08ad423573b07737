"""Days on which something happened: none of them lies after the practice's today.

A schema says which they are (`PastDay`). What day it is at the practice is known inside the transaction alone, so the
edge compares there, for every route at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from marshmallow import Schema, fields

from shared.actor import Caller
from shared.calendar_words import day_in_words
from shared.database.session import Session
from shared.errors import Invalid
from shared.web.fields import PastDay
from shared.web.routes import Route

# What day it is at the practice of who asks. It may wait for an event: ask before the first lock.
Today = Callable[[Session, Caller], date]


def ensure_days_are_compared(routes: Iterable[Route], today: Today | None) -> None:
    """Raises `TypeError` for a `PastDay` that nothing would compare, so that such a service does not start.

    The edge looks at JSON bodies alone, in a service that says what day it is.
    """
    for route in routes:
        compared = today is not None and route.file is None
        for kind, looked_at in ((route.body, compared), (route.query, False)):
            if kind is not None and not looked_at and _has_past_day(kind(), set()):
                raise TypeError(f"{route.method} {route.path}: nothing compares the days of {kind.__name__} with today")


def _has_past_day(schema: Schema, seen: set[type]) -> bool:
    """Whether it, or a schema inside it, has a `PastDay`. `seen`: the schemas that were looked into already."""
    seen.add(type(schema))
    inner = [field.inner if isinstance(field, fields.List) else field for field in schema.load_fields.values()]
    nested = [field.schema for field in inner if isinstance(field, fields.Nested)]
    return any(isinstance(field, PastDay) for field in inner) or any(
        _has_past_day(each, seen) for each in nested if type(each) not in seen
    )


def past_days(schema: Schema, value: Any, path: str = "") -> Iterator[tuple[str, date]]:
    """Each day of a body that its `schema` has accepted which must have come: its path, and the day."""
    for name, field in schema.load_fields.items():
        key = field.data_key or name
        if value.get(key) is not None:
            yield from _of_field(field, value[key], f"{path}{key}")


def _of_field(field: fields.Field[Any], value: Any, path: str) -> Iterator[tuple[str, date]]:
    if isinstance(field, PastDay):
        yield path, date.fromisoformat(value)
    elif isinstance(field, fields.List):
        for index, item in enumerate(value):
            yield from _of_field(field.inner, item, f"{path}.{index}")
    elif isinstance(field, fields.Nested):
        several = (
            [(f"{path}.{index}.", body) for index, body in enumerate(value)] if field.many else [(f"{path}.", value)]
        )
        for inside, body in several:
            yield from past_days(field.schema, body, inside)


def ensure_past(days: Sequence[tuple[str, date]], today: date) -> None:
    """Raises `Invalid`, naming the field, for a day that has not come."""
    for path, day in days:
        if day > today:
            raise Invalid.field(
                path, "in_the_future", f"This day has not come: today is {day_in_words(today)}.", str(today)
            )
