"""An example of each response, made from its schema.

`shared.web.illustrations` says what a field shows. What it does not say follows from the field's type: the first
choice, a moment of that day, an id that goes with the name. What a request's example says, its response shows too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from shared.web.examples import ILLUSTRATIONS
from shared.web.illustrations import DAY, MOMENT, RECORDS, VALUES

_WORD: Final = re.compile(r"(?<!^)(?=[A-Z])")
_REFERENCE: Final = "#/components/schemas/"
_FORMATS: Final[Mapping[str, str]] = {"date": DAY, "date-time": MOMENT, "time": "09:00", "email": "ada@example.org"}


def example_of(schema: Mapping[str, Any], schemas: Mapping[str, Any], body: Mapping[str, Any]) -> Any:
    """A value of `schema`, whose references are to `schemas`; where a request sent `body`, with what it said.

    Raises `KeyError` for a text that nothing illustrates.
    """
    return _Examples(schemas, body).of(schema, "", "")


class _Examples:
    """Values for the fields of one response."""

    def __init__(self, schemas: Mapping[str, Any], body: Mapping[str, Any]) -> None:
        self._schemas = schemas
        self._body = body

    def of(self, schema: Mapping[str, Any], owner: str, name: str) -> Any:
        """A value of the field `name` of the schema `owner`."""
        if "example" in schema:
            return schema["example"]
        for key in (f"{owner}.{name}", name):
            if key in VALUES and (key != name or _may_be(schema, VALUES[key])):
                return _with_ids(VALUES[key])
        if "$ref" in schema:
            return self._object(schema["$ref"].removeprefix(_REFERENCE))
        if "anyOf" in schema:
            return self.of(schema["anyOf"][0], owner, name)
        if "enum" in schema:
            return schema["enum"][0]
        return self._simple(schema, owner, name)

    def _object(self, named: str) -> dict[str, Any]:
        fields = self._schemas[named].get("properties", {})
        made = {name: self.of(field, named, name) for name, field in fields.items()}
        given = {
            name: value
            for name, value in self._body.items()
            if name in fields and f"{named}.{name}" not in VALUES and _may_be(fields[name], value)
        }
        return {**made, **given}

    def _simple(self, schema: Mapping[str, Any], owner: str, name: str) -> Any:
        (kind, *_) = [type_name for type_name in _types(schema) if type_name != "null"]
        if kind == "array":
            return [self.of(schema["items"], owner, _one_of(name))]
        if kind == "object":
            return {}
        if kind == "boolean":
            return False
        if kind in ("integer", "number"):
            return schema.get("minimum", 1)
        if schema.get("format") == "uuid":
            return ILLUSTRATIONS[_id(owner, name)]
        if (known := _FORMATS.get(schema.get("format", ""))) is not None:
            return known
        raise KeyError(f"say in shared/web/illustrations.py what {owner}.{name} shows")


def _id(owner: str, name: str) -> str:
    """By what an id is illustrated: its record's name, so that a case's `client_id` is the client's `id`."""
    if name == "id":
        return RECORDS.get(owner, _WORD.sub("_", owner).lower() + "_id")
    if name.endswith("_by"):
        return "staff_id"
    return name if name.endswith("_id") else name + "_id"


def _one_of(name: str) -> str:
    return name.removesuffix("s")


def _with_ids(value: Any) -> Any:
    if isinstance(value, str) and value.startswith("{"):
        return ILLUSTRATIONS[value[1:-1]]
    if isinstance(value, list):
        return [_with_ids(item) for item in value]
    if isinstance(value, dict):
        return {name: _with_ids(part) for name, part in value.items()}
    return value


def _types(schema: Mapping[str, Any]) -> list[str]:
    kind = schema.get("type", [])
    return [kind] if isinstance(kind, str) else list(kind)


_KINDS: Final[Mapping[str, type | tuple[type, ...]]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "array": list,
    "object": dict,
    "null": type(None),
}


def _may_be(schema: Mapping[str, Any], value: Any) -> bool:
    """Whether a value that other fields of this name show, or a request sent, fits this one."""
    if "anyOf" in schema:
        return any(_may_be(alternative, value) for alternative in schema["anyOf"])
    if "enum" in schema and value not in schema["enum"]:
        return False
    if isinstance(value, list) and "items" in schema:
        return all(_may_be(schema["items"], item) for item in value)
    return any(type(value) is kind for type_name in _types(schema) for kind in _all(_KINDS[type_name]))


def _all(kind: type | tuple[type, ...]) -> tuple[type, ...]:
    return kind if isinstance(kind, tuple) else (kind,)
