"""What the OpenAPI document says of responses: which fields are always there, and an example of each.

A schema that requests and responses share is two in the document where they differ: what a request may leave out, a
response has.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from shared.web.openapi_fields import MAY_BE_ABSENT
from shared.web.response_examples import example_of

_REFERENCE: Final = "#/components/schemas/"
_JSON: Final = "application/json"


def complete(document: dict[str, Any]) -> None:
    """Say of each schema of a response what is always there, and show each response, in place.

    A schema that a request has too keeps its name in responses; what the request takes is called `…Input`.
    """
    schemas = document["components"]["schemas"]
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    sent = [operation["requestBody"] for operation in operations if "requestBody" in operation]
    given = [success for operation in operations for success in _successes(operation)]
    shown = _reached(given, schemas)
    whole = {name: _whole(schemas[name]) for name in shown}
    for schema in schemas.values():
        schema.pop(MAY_BE_ABSENT, None)
    twice = _different(_reached(sent, schemas) & shown, schemas, whole)
    inputs = {name: f"{name}Input" for name in twice}
    for name in _reached(sent, schemas):
        schemas[inputs.get(name, name)] = _renamed(schemas[name], inputs)
    for body in sent:
        body.update(_renamed(body, inputs))
    schemas.update(whole)
    for operation in operations:
        body = operation.get("requestBody", {}).get("content", {}).get(_JSON, {}).get("example") or {}
        for content in _successes(operation):
            content["example"] = example_of(content["schema"], schemas, body)


def _successes(operation: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The JSON contents that an operation may answer with."""
    for status, response in operation["responses"].items():
        if status < "300" and _JSON in response.get("content", {}):
            yield response["content"][_JSON]


def _whole(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A schema as a response has it: nothing is left to a default."""
    fields = {
        name: {key: value for key, value in field.items() if key != "default"}
        for name, field in schema.get("properties", {}).items()
    }
    always = sorted(fields.keys() - schema.get(MAY_BE_ABSENT, ()))
    kept = {key: value for key, value in schema.items() if key not in (MAY_BE_ABSENT, "properties", "required")}
    return kept | ({"properties": fields} if fields else {}) | ({"required": always} if always else {})


def _different(names: set[str], schemas: Mapping[str, Any], whole: Mapping[str, Any]) -> set[str]:
    """Those that are not the same in a request, and those that name such a one."""
    found = {name for name in names if _plain(schemas[name]) != _plain(whole[name])}
    while more := {name for name in names - found if set(_references(schemas[name])) & found}:
        found |= more
    return found


def _plain(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {**schema, "required": sorted(schema.get("required", ()))}


def _reached(parts: Iterable[Any], schemas: Mapping[str, Any]) -> set[str]:
    """The names of all schemas that these parts of the document name, directly or through others."""
    found: set[str] = set()
    todo = [name for part in parts for name in _references(part)]
    while todo:
        if (name := todo.pop()) not in found:
            found.add(name)
            todo += _references(schemas[name])
    return found


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, Mapping):
        if str(part.get("$ref", "")).startswith(_REFERENCE):
            yield part["$ref"].removeprefix(_REFERENCE)
        for value in part.values():
            yield from _references(value)
    elif isinstance(part, list):
        for value in part:
            yield from _references(value)


def _renamed(part: Any, names: Mapping[str, str]) -> Any:
    """The part with references to these names put on the others."""
    text = json.dumps(part)
    for name, to in names.items():
        text = text.replace(f'"{_REFERENCE}{name}"', f'"{_REFERENCE}{to}"')
    return json.loads(text)
