"""Events as their schema loads them, in a fraction of the time.

marshmallow looks up, for every value of every event, what to do with it. Here that is found out once per class. This
refuses nothing: what is not plainly right it leaves to marshmallow, which reads it or says what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from marshmallow import Schema, ValidationError, fields, missing, validate

from shared.contracts.sealed import SealedField
from shared.texts import identifier
from shared.web.strict_fields import Flag, Id

Load = Callable[[Any], Any]


class NotPlain(ValueError):
    """This value is for marshmallow to read, or to refuse."""


def loader_of(cls: type, schema: Schema, class_of: Callable[[Schema], type]) -> Load:
    """What `schema.load` does with the members of a `cls`, where they are plainly right. Raises `NotPlain`.

    `class_of` tells which dataclass a nested schema builds. For something sealed it raises `NoKeyFile`, as the schema.
    """
    known = [(name, field, _load_of(field, class_of)) for name, field in schema.load_fields.items()]

    def load(data: Any) -> Any:
        if type(data) is not dict:
            raise NotPlain
        loaded: dict[str, Any] = {}
        for name, field, load_value in known:
            value = data.get(name, missing)
            if value is missing:
                if field.required:
                    raise NotPlain
            elif value is None:
                if not field.allow_none:
                    raise NotPlain
                loaded[name] = None
            elif load_value is None:
                loaded[name] = _opened(field, name, data)
            else:
                loaded[name] = load_value(value)
        return cls(**loaded)

    return load


def _load_of(field: fields.Field[Any], class_of: Callable[[Schema], type]) -> Load | None:
    """None: it is sealed, and its field opens it."""
    if isinstance(field, SealedField):
        return None
    if isinstance(field, fields.List):
        return _each(_load_of(field.inner, class_of), _most(field))
    if isinstance(field, fields.Nested):
        return loader_of(class_of(field.schema), field.schema, class_of)
    if isinstance(field, fields.String) and not isinstance(field, Id):
        return _text(_most(field))
    return _LOADED[type(field)]


def _opened(field: fields.Field[Any], name: str, data: Mapping[str, Any]) -> Any:
    try:
        return field.deserialize(data[name], name, data)
    except ValidationError as error:
        raise NotPlain from error


def _most(field: fields.Field[Any]) -> int:
    """How many characters or items it may have: the one rule of an event's field besides its type."""
    (rule,) = field.validators
    assert isinstance(rule, validate.Length)
    assert rule.max is not None
    return rule.max


def _each(load_item: Load | None, most: int) -> Load:
    assert load_item is not None, "what is sealed is sealed as a whole"

    def load(value: Any) -> tuple[Any, ...]:
        if type(value) is not list or len(value) > most:
            raise NotPlain
        return tuple([load_item(item) for item in value])

    return load


def _text(most: int) -> Load:
    def load(value: Any) -> str:
        if type(value) is not str or len(value) > most:
            raise NotPlain
        return value

    return load


def _whole_number(value: Any) -> int:
    if type(value) is not int:
        raise NotPlain
    return value


def _flag(value: Any) -> bool:
    if type(value) is not bool:
        raise NotPlain
    return value


def _id(value: Any) -> UUID:
    if type(value) is not str or (found := identifier(value)) is None:
        raise NotPlain
    return found


def _day(value: Any) -> date:
    if type(value) is not str:
        raise NotPlain
    return date.fromisoformat(value)


def _instant(value: Any) -> datetime:
    if type(value) is not str:
        raise NotPlain
    found = datetime.fromisoformat(value)
    if found.tzinfo is None:
        raise NotPlain
    return found


_LOADED: Final[Mapping[type, Load]] = {
    fields.Integer: _whole_number,
    Flag: _flag,
    Id: _id,
    fields.Date: _day,
    fields.AwareDateTime: _instant,
}
