"""What a command takes of a request is a frozen dataclass; one that changes something knows what was left out."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any, get_type_hints

import pytest

from shared.changes import UNSET, Changes
from shared.services import SERVICES
from shared.testing.databases import load
from shared.web.routes import Route

# Their bodies are dictionaries still. This list may only shrink.
STILL_DICTIONARIES = {"identity", "billing"}


def bodies(service: str) -> Iterator[tuple[Route, Any]]:
    """Each route that changes something by a body of several fields, or by a PATCH, and what its handler takes."""
    for route in load(service).routes:
        if route.body is not None and not route.reads and (len(route.body().fields) > 1 or route.method == "PATCH"):
            yield route, get_type_hints(route.handler)["body"]


@pytest.mark.parametrize("service", SERVICES)
def test_a_body_of_several_fields_is_a_frozen_dataclass(service: str) -> None:
    if service in STILL_DICTIONARIES:
        return
    for route, taken in bodies(service):
        assert dataclasses.is_dataclass(taken), route.name
        assert taken.__dataclass_params__.frozen, route.name


@pytest.mark.parametrize("service", SERVICES)
def test_a_patch_knows_what_was_left_out(service: str) -> None:
    if service in STILL_DICTIONARIES:
        return
    for route, taken in bodies(service):
        if route.method == "PATCH":
            assert issubclass(taken, Changes), route.name
            assert {field.default for field in dataclasses.fields(taken)} == {UNSET}, route.name
            assert {field.name for field in dataclasses.fields(taken)} == set(route.body().fields), route.name
