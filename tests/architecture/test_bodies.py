"""What a command takes of a request is a frozen dataclass; one that changes something knows what was left out."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any, get_type_hints

from shared.changes import UNSET, Changes
from shared.services import SERVICES
from shared.testing.databases import load
from shared.web.routes import Route


def bodies() -> Iterator[tuple[str, Route, Any]]:
    """Each route that changes something by a body of several fields, or by a PATCH, and what its handler takes."""
    for service in SERVICES:
        for route in load(service).routes:
            if route.body is not None and not route.reads and (len(route.body().fields) > 1 or route.method == "PATCH"):
                yield f"{service} {route.name}", route, get_type_hints(route.handler)["body"]


def is_frozen(taken: Any) -> bool:
    """Whether it is a frozen dataclass."""
    return dataclasses.is_dataclass(taken) and taken.__dataclass_params__.frozen


def knows_what_was_left_out(route: Route, taken: Any) -> bool:
    """Whether it is a `Changes` with every field of the schema, each left out by default."""
    if not (is_frozen(taken) and issubclass(taken, Changes)):
        return False
    fields = dataclasses.fields(taken)
    return {field.default for field in fields} == {UNSET} and {field.name for field in fields} == set(
        route.body().fields
    )


def test_a_body_of_several_fields_is_a_frozen_dataclass() -> None:
    taken_by = {name: taken for name, _, taken in bodies()}
    assert len(taken_by) > 40
    assert [name for name, taken in taken_by.items() if not is_frozen(taken)] == []


def test_a_patch_knows_what_was_left_out() -> None:
    patches = [(name, route, taken) for name, route, taken in bodies() if route.method == "PATCH"]
    assert len(patches) > 10
    whole = {"clients patch_client_import_row"}  # a decision: nothing of it is left out
    assert {name for name, route, taken in patches if not knows_what_was_left_out(route, taken)} == whole
