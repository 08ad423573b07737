"""Every list says in which order it comes, and those that people sort take their orders from one place."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from marshmallow import Schema, ValidationError, fields

from shared.services import SERVICES
from shared.testing.databases import load
from shared.web.paging import Orders
from shared.web.routes import INTERNAL, Route

ROUTES = [route for service in SERVICES for route in load(service).routes if route.permission != INTERNAL]
LISTED = ("items", "entries")


def lists_in(schema: Schema) -> Iterator[fields.Field]:
    """The lists of things in an answer."""
    for name, field in schema.fields.items():
        if isinstance(field, fields.Nested):
            yield from lists_in(field.schema)
        elif name in LISTED and isinstance(field, fields.List):
            yield field


def listing() -> list[Route]:
    """The routes that answer with lists."""
    return [route for route in ROUTES if route.response is not None and any(lists_in(route.response()))]


def test_every_list_says_in_which_order_it_comes() -> None:
    assert len(listing()) > 20
    for route in listing():
        assert route.response is not None
        for field in lists_in(route.response()):
            assert field.metadata.get("description"), f"{route.name}: page_of(…, order)"


def test_what_says_as_sort_says_takes_a_sort() -> None:
    sorted_ones = {route.name for route in ROUTES if route.query is not None and "sort" in route.query().fields}
    appointments = {"get_client_appointments", "get_group_appointments"}
    assert sorted_ones == {"get_clients", "get_staff", "get_invoices", "get_payments", *appointments}
    for route in listing():
        assert route.response is not None
        says = any("`sort`" in field.metadata["description"] for field in lists_in(route.response()))
        assert says == (route.name in sorted_ones), route.name


def test_what_is_looked_up_comes_in_the_order_of_the_ids() -> None:
    """By its description here, by what it answers in `tests/access/test_lookups.py`."""
    for route in listing():
        assert route.response is not None
        for field in lists_in(route.response()):
            description = field.metadata["description"]
            assert "no order" not in description, route.name
            if route.path.endswith("/lookup"):
                assert "in the order of the ids" in description.lower(), route.name


def test_an_order_is_one_of_a_few() -> None:
    orders = Orders({"name": (), "created_at": ()}, "name")
    query = Schema.from_dict({"sort": orders.parameter()})()
    assert query.load({}) == {"sort": "name"}
    assert [query.load({"sort": sort})["sort"] for sort in ("name", "-created_at")] == ["name", "-created_at"]
    for wrong in ("", "-", "email", "--name", "name,id", "Name"):
        with pytest.raises(ValidationError):
            query.load({"sort": wrong})
