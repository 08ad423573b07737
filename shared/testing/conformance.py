"""Whether a value is what the API document says: each response that a test meets is held against its schema."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

_KINDS: Final[Mapping[str, tuple[type, ...]]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
    "null": (type(None),),
}
_FORMATS: Final[Mapping[str, Any]] = {"uuid": UUID, "date": date.fromisoformat, "date-time": datetime.fromisoformat}


def differences(value: Any, schema: Mapping[str, Any], schemas: Mapping[str, Any], where: str = "") -> Iterator[str]:
    """What a value has otherwise than its schema; references of the schema are to `schemas`."""
    if "$ref" in schema:
        yield from differences(value, schemas[schema["$ref"].split("/")[-1]], schemas, where)
        return
    if "anyOf" in schema:
        each = [list(differences(value, choice, schemas, where)) for choice in schema["anyOf"]]
        if all(each):
            yield from min(each, key=len)
        return
    kinds = [schema["type"]] if isinstance(schema.get("type"), str) else schema.get("type", [])
    if kinds and not any(type(value) in _KINDS[kind] for kind in kinds):
        yield f"{where}: {value!r} is no {' or '.join(kinds)}"
        return
    if value is not None and "enum" in schema and value not in schema["enum"]:
        yield f"{where}: {value!r} is none of its choices"
    if isinstance(value, str):
        yield from _of_text(value, schema, where)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from differences(item, schema.get("items", {}), schemas, f"{where}[{index}]")
    elif isinstance(value, dict):
        yield from _of_object(value, schema, schemas, where)
    elif isinstance(value, int) and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        yield f"{where}: {value} is out of range"


def _of_text(value: str, schema: Mapping[str, Any], where: str) -> Iterator[str]:
    try:
        _FORMATS.get(schema.get("format", ""), str)(value)
    except ValueError:
        yield f"{where}: {value!r} is no {schema['format']}"
    if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)):
        yield f"{where}: {value!r} has {len(value)} characters"
    if "pattern" in schema and not re.search(schema["pattern"], value):
        yield f"{where}: {value!r} does not match {schema['pattern']}"


def _of_object(
    value: Mapping[str, Any], schema: Mapping[str, Any], schemas: Mapping[str, Any], where: str
) -> Iterator[str]:
    known = schema.get("properties", {})
    for name in schema.get("required", ()):
        if name not in value:
            yield f"{where}.{name} is absent"
    others = schema.get("additionalProperties", True)
    for name, member in value.items():
        if name in known:
            yield from differences(member, known[name], schemas, f"{where}.{name}")
        elif others is False or ("properties" in schema and others is True):
            yield f"{where}.{name} is not in the document"
        elif isinstance(others, Mapping):
            yield from differences(member, others, schemas, f"{where}.{name}")
