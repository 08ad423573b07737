"""From bytes to checked values: strict JSON, marshmallow schemas, query strings, path ids.

Stricter than JSON itself where laxness has been an attack elsewhere: no duplicate keys, no NaN, no integer that a
browser could not hold, no text that PostgreSQL or UTF-8 cannot, bounded depth and size.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from marshmallow import RAISE, Schema, ValidationError
from werkzeug.datastructures import MultiDict

from shared import texts
from shared.errors import FieldError, Invalid, NotFound, Unparsable
from shared.web.sentences import sentence, value_at

DEPTH_MAX = 20
KEYS_MAX = 1_000
ITEMS_MAX = 1_000
ROW = "row"  # the one placeholder of a path that is no id: a row of a file
ROW_DIGITS_MAX = 7
INTEGER_MAX = 2**53


def parse_json(body: bytes) -> Any:
    """The value in a JSON body; raises `Unparsable` for anything that is not strict JSON within bounds."""
    try:
        value = json.loads(body.decode("utf-8"), object_pairs_hook=_object, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Unparsable("The body is not valid JSON.") from error
    _check(value, depth=1)
    return value


def load_body(schema: Schema, value: Any) -> Any:
    """The body's values by `schema`; raises `Invalid` with one entry per wrong or unknown field."""
    if not isinstance(value, dict):
        raise Invalid.field("", "not_an_object", "Send a JSON object.")
    return _load(schema, value)


def load_query(schema: Schema, arguments: MultiDict[str, str]) -> Any:
    """The query string's values by `schema`; a repeated or unknown parameter is `Invalid`."""
    repeated = [name for name in arguments if len(arguments.getlist(name)) > 1]
    if repeated:
        raise Invalid.field(repeated[0], "repeated", "Give this parameter once.")
    for value in arguments.values():
        _check(value, depth=1)
    loaded = _load(schema, arguments.to_dict())
    _ensure_in_order(schema, arguments)
    return loaded


def _ensure_in_order(schema: Schema, arguments: MultiDict[str, str]) -> None:
    """Raises `Invalid` for a time that ends before it begins: it holds nothing, and nobody means it."""
    if not {"from", "to"} <= arguments.keys():
        return
    ends = {field.data_key or name: field for name, field in schema.load_fields.items()}
    first, last = (ends[name].deserialize(arguments[name]) for name in ("from", "to"))
    if first is not None and last is not None and last < first:
        raise Invalid.field("to", "before_from", "`to` comes before `from`.")


def path_id(text: str) -> UUID:
    """A path's id in its one canonical spelling; raises `NotFound`, for what is not an id names nothing."""
    identifier = texts.identifier(text)
    if identifier is None:
        raise NotFound()
    return identifier


def path_value(name: str, text: str) -> UUID | int:
    """What a placeholder of a path stands for: an id, or the number of a row where its name says so; raises
    `NotFound`.
    """
    if name != ROW:
        return path_id(text)
    number = texts.whole_number(text, digits_max=ROW_DIGITS_MAX)
    if number is None or str(number) != text:
        raise NotFound()
    return number


def _load(schema: Schema, value: dict[str, Any]) -> Any:
    try:
        return schema.load(value, unknown=RAISE)
    except ValidationError as error:
        errors = tuple(_field_errors(error.messages, "", value))
        raise Invalid(errors=errors) from error


def _field_errors(messages: Any, path: str, sent: Any) -> Iterator[FieldError]:
    if isinstance(messages, dict):
        for key, inner in messages.items():
            name = "" if key == "_schema" else str(key)
            yield from _field_errors(inner, f"{path}.{name}".strip(".") if name else path, sent)
    else:
        for message in messages if isinstance(messages, list) else [messages]:
            yield FieldError(path, _code(str(message)), sentence(str(message), value_at(sent, path)))


def _code(message: str) -> str:
    if message.startswith("Missing data"):
        return "required"
    if message.startswith("Unknown field"):
        return "unknown"
    return "invalid"


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(pairs) > KEYS_MAX:
        raise ValueError("too many keys")
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("duplicate key")
    return result


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _check(value: Any, depth: int) -> None:
    if depth > DEPTH_MAX:
        raise Unparsable(f"The body is nested deeper than {DEPTH_MAX} levels.")
    if isinstance(value, str):
        if "\x00" in value or not _is_unicode(value):
            raise Unparsable("Text must not contain NUL or lone surrogates.")
    elif isinstance(value, bool):
        return
    elif isinstance(value, int):
        if abs(value) > INTEGER_MAX:
            raise Unparsable("A number is too large.")
    elif isinstance(value, float):
        if not math.isfinite(value):  # 1e999 is valid JSON and becomes infinity
            raise Unparsable("A number is too large.")
    elif isinstance(value, list):
        if len(value) > ITEMS_MAX:
            raise Unparsable(f"A list has more than {ITEMS_MAX} items.")
        for item in value:
            _check(item, depth + 1)
    elif isinstance(value, dict):
        for key, item in value.items():
            _check(key, depth + 1)
            _check(item, depth + 1)


def _is_unicode(value: str) -> bool:
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
