"""Every field, parameter and schema of the API document says what it means, and every quantity in which unit."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from apispec import APISpec
from marshmallow import Schema, fields

from gateway.__main__ import merge
from shared.postal import STATES
from shared.services import SERVICES
from shared.testing.databases import load
from shared.web.fields import Email, Instant, about, choice, text
from shared.web.glossary import GLOSSARY
from shared.web.openapi import describe
from shared.web.openapi_fields import CENTS, SpeakingPlugin
from shared.web.routes import INTERNAL

# The last word of a name that is a quantity -> the word that its description must have.
QUANTITIES = {"minutes": "minute", "hours": "hour", "days": "day", "seconds": "second", "cents": CENTS}
NOT_QUANTITIES = {"business_hours", "working_hours"}
# Lists of values that say themselves what they are.
PLAIN_VALUES = {"weekday", "weekdays[]", "transports[]", "permissions[]"}


@cache
def document() -> dict[str, Any]:
    """The document of all services, made from the code."""
    return merge([describe(service, load(service).routes) for service in SERVICES])


def properties(schema: Any, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each property of a schema with its path, the entries of lists and the values of maps too, however deep."""
    for name, field in schema.get("properties", {}).items():
        yield f"{path}.{name}", field
        yield from properties(field, f"{path}.{name}")
    for name, part in (("[]", schema.get("items")), ("{}", schema.get("additionalProperties"))):
        if isinstance(part, dict) and part:
            yield f"{path}{name}", part
            yield from properties(part, f"{path}{name}")


def said_in(whole: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each property and each parameter of a document with its place."""
    for name, schema in whole["components"]["schemas"].items():
        yield from properties(schema, name)
    for path, operations in whole["paths"].items():
        for method, operation in operations.items():
            for parameter in operation["parameters"]:
                yield f"{method} {path} ?{parameter['name']}", {**parameter["schema"], **parameter}


def named(place: str) -> str:
    """The name of the field at a place."""
    return re.split(r"[.?]", place)[-1]


def is_entry(place: str) -> bool:
    """Whether it is an entry of a list, which the list describes unless the entry has values of its own to explain."""
    return place.endswith("[]")


def undescribed(whole: dict[str, Any]) -> list[str]:
    """The places that say nothing, or only their name."""
    return [
        place
        for place, field in said_in(whole)
        if not is_entry(place) and says_nothing(named(place), field.get("description", ""))
    ]


def says_nothing(name: str, description: str) -> bool:
    """Whether a description adds nothing to the name: "The name." of `name`."""
    words = re.sub(r"[^a-z ]", "", description.removesuffix(CENTS).lower()).split()
    return [word for word in words if word not in ("the", "a", "an", "its")] in ([], name.lower().split("_"))


def without_unit(whole: dict[str, Any]) -> list[str]:
    """Quantities whose description does not name their unit, and instants that do not say in which zone."""
    wrong = []
    for place, field in said_in(whole):
        name, description = named(place).removesuffix("[]"), field.get("description", "").lower()
        unit = next((word for ending, word in QUANTITIES.items() if ending in name.split("_")), "")
        if name not in NOT_QUANTITIES and unit.lower() not in description and "integer" in field.get("type", ()):
            wrong.append(place)
        if field.get("format") == "date-time" and Instant.UNIT.lower() not in description:
            wrong.append(place)
    return wrong


def unexplained(whole: dict[str, Any]) -> list[str]:
    """Values of enumerations that their description does not explain."""
    return [
        f"{place}: {value}"
        for place, field in said_in(whole)
        for value in field.get("enum", ())
        if value is not None and f"`{value}`" not in field.get("description", "")
        if named(place) not in PLAIN_VALUES and value not in STATES
    ]


def test_every_field_and_parameter_says_what_it_means() -> None:
    assert len(list(said_in(document()))) > 1_000
    assert undescribed(document()) == []


def test_every_schema_says_what_it_is() -> None:
    assert [name for name, schema in document()["components"]["schemas"].items() if not schema.get("description")] == []


def test_every_quantity_names_its_unit() -> None:
    assert without_unit(document()) == []


def test_every_value_of_an_enumeration_is_explained() -> None:
    assert unexplained(document()) == []


def test_a_description_is_a_sentence_or_two() -> None:
    written = {place: field["description"] for place, field in said_in(document()) if "description" in field}
    whole = re.compile(r"([A-Z0-9`]|null|true:|false:).*[.…)]", re.DOTALL)
    assert [place for place, words in written.items() if not whole.fullmatch(words)] == []


def schemas_in(schema: Schema) -> Iterator[Schema]:
    """A schema and all that are nested in it."""
    yield schema
    for field in schema.fields.values():
        inner = getattr(field, "inner", field)
        if isinstance(inner, fields.Nested):
            yield from schemas_in(inner.schema)


def test_the_glossary_has_what_two_schemas_or_more_mean_by_a_name() -> None:
    silent: Counter[str] = Counter()
    seen: set[type[Schema]] = set()
    for service in SERVICES:
        for route in load(service).routes:
            for top in (route.body, route.query, route.response) if route.permission != INTERNAL else ():
                for schema in schemas_in(top()) if top else ():
                    if type(schema) not in seen:
                        seen.add(type(schema))
                        fits = schema.fields.items()
                        silent.update(f.data_key or n for n, f in fits if "description" not in f.metadata)
    assert {name for name in GLOSSARY if silent[name] < 2} == set(), "say it beside the field"
    assert set(silent) <= set(GLOSSARY)


class Told(Schema):
    """A schema that says
    something."""

    id = fields.UUID()
    own = text(10, "Something of its own.")
    price_cents = fields.Integer(metadata=about("What it costs."))
    at = Instant(metadata=about("When."))
    email = Email()
    kind = choice(("a", "b"), "Which.", {"a": "one", "b": "another"})


class Silent(Schema):
    nothing = fields.String()
    paid_cents = fields.Integer()
    name = text(10, "The name.")
    wait_minutes = fields.Integer(metadata=about("How long."))
    state = fields.String(metadata=about("Where it stands.", enum=["on", "off"]))


def made_of(schema: type[Schema]) -> dict[str, Any]:
    """A document with that schema alone."""
    spec = APISpec("A", "1", "3.1.0", plugins=[SpeakingPlugin()])
    spec.components.schema("One", schema=schema)
    return dict(spec.to_dict())


def test_a_schema_and_its_fields_are_described_with_their_units_and_formats() -> None:
    nested = made_of(Told)["components"]["schemas"]["One"]
    assert nested["description"] == "A schema that says something."
    descriptions = {name: field["description"] for name, field in nested["properties"].items()}
    assert descriptions == {
        "id": GLOSSARY["id"],
        "own": "Something of its own.",
        "price_cents": "What it costs. Cents of USD.",
        "at": f"When. {Instant.UNIT}",
        "email": GLOSSARY["email"],
        "kind": "Which. `a`: one; `b`: another.",
    }
    assert nested["properties"]["email"]["format"] == "email"


def test_what_says_nothing_is_found() -> None:
    whole = {"paths": {}, **made_of(Silent)}
    assert undescribed(whole) == ["One.nothing", "One.paid_cents", "One.name"]
    assert without_unit(whole) == ["One.paid_cents", "One.wait_minutes"]
    assert unexplained(whole) == ["One.state: on", "One.state: off"]


def test_the_meanings_of_a_choice_are_of_its_values() -> None:
    with pytest.raises(ValueError):
        choice(("a", "b"), "Which.", {"a": "one"})
