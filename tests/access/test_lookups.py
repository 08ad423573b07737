"""What is looked up by ids comes in the order of the ids, each once: never in an order that tells of other rows."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

import pytest
from marshmallow import fields

from embedded.stack import Stack
from shared.services import SERVICES
from shared.testing.databases import load
from shared.web.routes import INTERNAL, Route
from shared.web.strict_fields import Id
from tests.practice import Practice


def lookups() -> Iterator[tuple[Route, str]]:
    """Each route that looks things up by their ids, with the field of its body that takes the ids."""
    for service in SERVICES:
        for route in load(service).routes:
            if route.reads and route.body is not None and route.permission != INTERNAL:
                for name, field in route.body().fields.items():
                    if isinstance(field, fields.List) and isinstance(field.inner, Id):
                        yield route, name


LOOKUPS = tuple(lookups())


@pytest.fixture(scope="module")
def documented(embedded_stack: Stack) -> tuple[Practice, dict[str, list[str]]]:
    """A practice, and the ids of three clients of its and of their appointments, which are billed."""
    practice = Practice(embedded_stack.url)
    clients = [practice.new_client()[0] for _ in range(3)]
    appointments = [practice.document(client_id, f"2026-09-0{day}T10:00") for day, client_id in enumerate(clients, 1)]
    for appointment_id in appointments:
        practice.draft_of(appointment_id)
    return practice, {"client_ids": clients, "ids": clients, "appointment_ids": appointments}


@pytest.mark.parametrize(("route", "field"), LOOKUPS, ids=[route.name for route, _ in LOOKUPS])
def test_the_order_of_the_ids_is_the_order_of_the_answer(
    documented: tuple[Practice, dict[str, list[str]]], route: Route, field: str
) -> None:
    practice, known = documented
    path, key = route.path.removeprefix("/api/v1"), {"ids": "id"}.get(field, field.removesuffix("s"))
    for ids in permutations(known[field]):
        response = practice.owner.post(path, {field: [*ids, ids[0]]}, expect=200)
        assert [entry[key] for entry in response["items"]] == list(ids)
