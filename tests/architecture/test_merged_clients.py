"""A client who was merged is followed wherever a request names one: under which names ids of clients stand."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from marshmallow import Schema, fields

from shared.testing.databases import load
from shared.web.merged_clients import NAMES
from shared.web.strict_fields import Id

OF_A_CLIENT = re.compile(r"Ids? of (a |the )?clients?\b")


def ids_of_clients(schema: Schema, within: str = "") -> Iterator[str]:
    """The fields whose name or description says that they hold ids of clients."""
    for name, found in schema.fields.items():
        inner = found.inner if isinstance(found, fields.List) else found
        if isinstance(inner, fields.Nested):
            yield from ids_of_clients(inner.schema, f"{within}{name}.")
        elif isinstance(inner, fields.UUID) and (
            "client" in name or OF_A_CLIENT.match(found.metadata.get("description", ""))
        ):
            yield f"{within}{name}"


@pytest.mark.parametrize("service", ["clinical", "billing"])
def test_a_request_names_clients_where_they_are_followed(service: str) -> None:
    schemas = {schema for route in load(service).routes for schema in (route.body, route.query) if schema is not None}
    assert {name for schema in schemas for name in ids_of_clients(schema())} <= NAMES


class Named(Schema):
    """A request that names a client where nobody looks."""

    about = fields.Nested(Schema.from_dict({"client_id": Id()}))
    client_ids = fields.List(Id())


def test_the_rule_bites() -> None:
    assert set(ids_of_clients(Named())) == {"about.client_id", "client_ids"}
    assert not {"about.client_id"} <= NAMES
