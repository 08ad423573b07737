"""The practice's own fields in a client's details: as inputs, as the API takes them, and in words. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final

from gateway.web.clients.views import birthday
from gateway.web.conflicts import Conflict
from gateway.web.forms import Form
from gateway.web.page import ApiResponse, Question

LISTED: Final = Question("GET /client-fields", query={"limit": 200})
YES_NO: Final = (("", "Not said"), ("true", "Yes"), ("false", "No"))
_NUMBER: Final = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,4})?")

Field = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OwnInput:
    """One input: `kind` is the type of the field, `options` are what it offers to choose from."""

    name: str
    label: str
    kind: str
    options: Sequence[tuple[str, str]]


def fields_of(reply: ApiResponse | None) -> Sequence[Field]:
    """The fields of the practice, the archived too; none where they could not be had."""
    return reply.value["items"] if reply is not None and reply.ok else ()


def inputs_of(fields: Sequence[Field], form: Form, *, fresh: bool = False) -> list[OwnInput]:
    """What the form asks for; `fresh`: the form that adds a client. A choice that is archived stays where it stands."""
    return [
        OwnInput(name, field["name"], field["type"], _options(field, form.text(name)))
        for field in fields
        if not field["archived"] and (field["on_new_client"] or not fresh)
        for name in (_input(field),)
    ]


def own_of(form: Form, fields: Sequence[Field]) -> tuple[dict[str, Any], Form]:
    """The values of the inputs that the form has, null for blank ones, and the form with what is no number."""
    values: dict[str, Any] = {}
    for field in fields:
        name = _input(field)
        if name not in form.values:
            continue  # a field that was added after the form was opened
        typed = form.text(name).strip()
        if field["type"] == "number" and typed and not _NUMBER.fullmatch(typed.replace(",", "")):
            form = replace(form, errors=MappingProxyType({**form.errors, name: "Enter a number, such as 2 or 2.5."}))
            continue
        values[field["slug"]] = _read(field["type"], typed) if typed else None
    return values, form


def stored_own(client: Mapping[str, Any]) -> dict[str, str]:
    """What is stored, by slug, as the inputs have it."""
    return {slug: _typed(value) for slug, value in client["custom"].items()}


def own_in_words(client: Mapping[str, Any], fields: Sequence[Field]) -> tuple[tuple[str, str], ...]:
    """Pairs of what a field is called and what it says of the client, in the order of the form."""
    custom = client["custom"]
    return tuple(
        (field["name"] + (" (archived)" if field["archived"] else ""), value_in_words(field, custom[field["slug"]]))
        for field in fields
        if field["slug"] in custom
    )


def with_own(conflict: Conflict, typed: Form, client: Mapping[str, Any], fields: Sequence[Field]) -> Conflict:
    """The conflict with own fields that are stored otherwise than they were typed."""
    stored, custom = stored_own(client), client["custom"]
    differing = tuple(
        (field["name"], value_in_words(field, custom[field["slug"]]) if field["slug"] in custom else "empty")
        for field in fields
        if _input(field) in typed.values and _plain(typed.text(_input(field))) != _plain(stored.get(field["slug"], ""))
    )
    return replace(conflict, stored=(*conflict.stored, *differing))


def _input(field: Field) -> str:
    return f"custom.{field['slug']}"


def _options(field: Field, chosen: str) -> Sequence[tuple[str, str]]:
    if field["type"] == "yes_no":
        return YES_NO
    if field["type"] != "choice":
        return ()
    offered = [
        (choice["slug"], choice["name"] + (" (archived)" if choice["archived"] else ""))
        for choice in field["choices"]
        if not choice["archived"] or choice["slug"] == chosen
    ]
    return [("", "Not said"), *offered]


def _read(kind: str, typed: str) -> Any:
    """What was typed, as JSON has it. A value that is none of the type's is the API's to refuse."""
    if kind == "number":
        plain = typed.replace(",", "")
        return float(plain) if "." in plain else int(plain)
    if kind == "yes_no":
        return {"true": True, "false": False}.get(typed, typed)
    return typed


def _typed(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _plain(typed: str) -> str:
    return "\n".join(typed.strip().splitlines())


def value_in_words(field: Field, value: Any) -> str:
    """What a field says of a client; the name of a choice."""
    match field["type"]:
        case "yes_no":
            return "Yes" if value else "No"
        case "date":
            return birthday(value)
        case "choice":
            return next((choice["name"] for choice in field["choices"] if choice["slug"] == value), "")
        case _:
            return str(value)
