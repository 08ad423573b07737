"""Answers by their schema, as marshmallow dumps them, in two fifths of the time.

marshmallow looks up, for every value of every row, what to do with it. Here that is found out once, when the
application starts. What is not known here (a schema with methods of its own, a rarer field) is left to marshmallow.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any, Final

from marshmallow import Schema, fields, missing
from marshmallow.decorators import POST_LOAD, PRE_LOAD, VALIDATES, VALIDATES_SCHEMA

from shared.web.fields import Day, Email, PastDay, Phone, Stored, Stripped, Text, TimeZone
from shared.web.strict_fields import Flag, Id

LOADING: Final = {PRE_LOAD, POST_LOAD, VALIDATES, VALIDATES_SCHEMA}
Dump = Callable[[Any], Any]
_Show = Callable[[Any], Any]  # what a value that is not None is in the answer


def dump(schema: type[Schema], value: Any) -> dict[str, Any]:
    """The members of a JSON object, as `schema` writes them, for a handler that chooses the schema itself."""
    return dict(_made(schema)(value))


@cache
def _made(schema: type[Schema]) -> Dump:
    return dump_of(schema())


def dump_of(schema: Schema) -> Dump:
    """What `schema.dump` does, for one object."""
    if _has_methods(type(schema)):
        return schema.dump
    known = [
        (field.data_key or name, field.attribute or name, name, _show_of(field), field)
        for name, field in schema.dump_fields.items()
    ]

    def dump_row(row: Any) -> dict[str, Any]:
        by_key = isinstance(row, dict)
        plain = by_key or isinstance(row, tuple) or not hasattr(row, "__getitem__")  # a tuple: of a query's columns
        shown = {}
        for key, attribute, name, show, field in known:
            value = missing
            if show is not None and plain:
                value = row.get(attribute, missing) if by_key else getattr(row, attribute, missing)
            if value is missing:  # it has a default, is left out, or is worked out
                value = field.serialize(name, row, accessor=schema.get_attribute)
                if value is missing:
                    continue
                shown[key] = value
            else:
                shown[key] = None if value is None else show(value)  # type: ignore[misc]  # None leaves it missing
        return shown

    return dump_row


def _has_methods(schema: type[Schema]) -> bool:
    """Whether a method of it might change what is dumped.

    The schemas of `shared.web.fields` change only what comes in, and so do hooks that marshmallow calls when it loads.
    """
    known = (Schema.__module__, Stripped.__module__)
    own = [kind for kind in schema.__mro__ if issubclass(kind, Schema) and kind.__module__ not in known]
    members = [member for kind in own for member in vars(kind).values()]
    return any(callable(member) and not isinstance(member, type) and not _only_loads(member) for member in members)


def _only_loads(method: Any) -> bool:
    hooks = getattr(method, "__marshmallow_hook__", None)
    return hooks is not None and hooks.keys() <= LOADING


def _show_of(field: fields.Field[Any]) -> _Show | None:
    """None: marshmallow does it."""
    if "." in (field.attribute or ""):
        return None
    kind = getattr(field, "dumped_as", type(field))  # for one that differs only in what it loads
    if kind is fields.List:
        return _each(_show_of(field.inner))  # type: ignore[attr-defined]  # it is a List
    if kind is fields.Nested:
        return _nested(field)  # type: ignore[arg-type]  # it is a Nested
    if getattr(field, "as_string", False) or getattr(field, "format", None) not in (None, "iso"):
        return None
    return getattr(kind, "shown", None) or _SHOWN.get(kind)


def _each(show: _Show | None) -> _Show | None:
    if show is None:
        return None
    return lambda values: [None if value is None else show(value) for value in values]


def _nested(field: fields.Nested) -> _Show:
    dump_row = dump_of(field.schema)
    if field.many or field.schema.many:
        return lambda rows: [dump_row(row) for row in rows]
    return dump_row


def _as_it_is(value: Any) -> Any:
    return value


_SHOWN: Final[Mapping[type, _Show]] = {
    **dict.fromkeys((fields.String, Text, Email, Phone, TimeZone), str),
    **dict.fromkeys((fields.UUID, Id), str),
    **dict.fromkeys((fields.Date, Day, PastDay), date.isoformat),
    fields.AwareDateTime: datetime.isoformat,
    **dict.fromkeys((fields.Boolean, Flag, fields.Raw, Stored), _as_it_is),
    fields.Integer: int,
}
