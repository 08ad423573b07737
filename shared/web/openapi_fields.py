"""What the OpenAPI document says of schemas, fields and parameters: their meaning, unit and format.

A schema says what it is in its docstring, a field what it means in its metadata; where it says nothing, the glossary
does. Units go with the kind of a field, so that nobody can forget them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema, fields

from shared.web.fields import Email
from shared.web.glossary import GLOSSARY

CENTS: Final = "Cents of USD."
HEADERS: Final = {
    "Idempotency-Key": "A key of your own for this one request, such as a UUID. The same request with the same key is"
    " answered as the first time, and done once. Keys of other people and programs are not compared with yours.",
    "If-Match": 'The `ETag` of what you have read, such as `"3"`. If it has changed since, the answer is 412.',
}
# Until `shared.web.openapi_responses` has read it: what a response may lack, which its schema names as `MAY_BE_ABSENT`.
# Everything else is always there, null or not.
MAY_BE_ABSENT: Final = "x-may-be-absent"
# Ids in paths whose name alone does not say what they are of.
IDS: Final = {
    "api_client_id": "Id of the API client: a program, not a patient.",
    "opening_id": "Id of the emergency access.",
    "plan_id": "Id of the treatment plan.",
}


class SpeakingPlugin(MarshmallowPlugin):  # type: ignore[misc]  # its base has no types
    """apispec's plugin for marshmallow, which lets schemas and fields say what they mean."""

    def init_spec(self, spec: APISpec) -> None:
        """Tell the converter the formats and the meaning of our fields."""
        super().init_spec(spec)
        self.map_to_openapi_type(Email, "string", "email")
        assert self.converter is not None
        self.converter.add_attribute_function(_described)

    def schema_helper(self, name: str, _: Any, schema: Any = None, **options: Any) -> dict[str, Any] | None:
        """The JSON schema of a component, described by the docstring of its class."""
        made: dict[str, Any] | None = super().schema_helper(name, _, schema=schema, **options)
        if made is None:
            return None
        kind = schema if isinstance(schema, type) else type(schema)
        if kind.__doc__:
            made["description"] = " ".join(kind.__doc__.split())
        if hasattr(kind, "MAY_BE_ABSENT"):
            made[MAY_BE_ABSENT] = list(kind.MAY_BE_ABSENT)
        return made


def describe_parameters(parameters: Iterable[dict[str, Any]]) -> None:
    """Say what each header means, and each id in a path; the schema of a query says so of its own parameters."""
    for parameter in parameters:
        if (name := parameter.get("name")) is not None:
            known = {**GLOSSARY, **HEADERS, **IDS}
            parameter["description"] = known.get(name) or f"Id of the {name.removesuffix('_id').replace('_', ' ')}."


def _described(_: Any, field: fields.Field[Any], *, ret: dict[str, Any]) -> dict[str, Any]:
    """A field's own description, else the glossary's, with its unit. Entries of lists and maps have their own alone."""
    words = ret.get("description")
    if isinstance(field.parent, Schema):
        name = str(field.data_key or field.name)
        words = words or GLOSSARY.get(name)
        if words and (unit := _unit(name, field)):
            words = f"{words} {unit}"
    return {"description": words} if words else {}


def _unit(name: str, field: fields.Field[Any]) -> str | None:
    if name.endswith("_cents"):
        return CENTS
    return getattr(type(field), "UNIT", None)
