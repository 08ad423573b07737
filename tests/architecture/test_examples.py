"""Each operation that takes something has an example, and its own schema takes the example."""

from __future__ import annotations

from collections.abc import Iterator

from marshmallow import Schema

from shared.services import SERVICES
from shared.testing.databases import load
from shared.web.examples import filled
from shared.web.routes import INTERNAL, Route


def taking() -> Iterator[tuple[Route, Schema]]:
    """Every route that takes a body, or a query, with its schema."""
    for service in SERVICES:
        for route in load(service).routes:
            taken = route.body or route.query
            if taken is not None and route.permission != INTERNAL:
                yield route, taken()


def test_every_body_and_every_query_with_a_required_parameter_has_an_example() -> None:
    without = [route.name for route, schema in taking() if route.example is None]
    needed = [route.name for route, schema in taking() if route.body or any(f.required for f in schema.fields.values())]
    assert not set(without) & set(needed)


def test_an_example_is_what_its_route_takes() -> None:
    examples = 0
    for route, schema in taking():
        if route.example is not None:
            example = filled(route.example)
            if route.query is not None:
                example = {name: str(value) for name, value in example.items()}  # as an address has them
            assert not schema.validate(example), route.name
            examples += 1
    assert examples > 60


def test_what_takes_nothing_has_no_example() -> None:
    taking_something = {route.name for route, _ in taking()}
    for service in SERVICES:
        for route in load(service).routes:
            assert route.example is None or route.name in taking_something, route.name
