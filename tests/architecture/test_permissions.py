"""The route table against the services' routes, and who may reach what, as a picture that a reviewer reads.

`python -m tests.architecture.permission_matrix` writes the picture anew.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gateway.__main__ import merge
from gateway.api_page import DOCUMENT
from gateway.route_table import PREFIX, PUBLIC, ROUTE_TABLE
from shared import permissions
from shared.testing.databases import load
from shared.web.openapi import describe
from shared.web.routes import INTERNAL
from tests.architecture.permission_matrix import PICTURE, draw

SERVICES = ("identity", "clients", "clinical", "billing")


def served(service: str) -> set[tuple[str, str, str, str, int]]:
    return {
        (route.method, route.path, service, route.permission, route.body_bytes_max)
        for route in load(service).routes
        if route.permission != INTERNAL
    }


def test_gateway_and_services_agree_on_every_route() -> None:
    table = {(row.method, PREFIX + row.path, row.service, row.permission, row.body_bytes_max) for row in ROUTE_TABLE}
    assert table == set().union(*(served(service) for service in SERVICES))
    assert len(table) == len(ROUTE_TABLE)


# What reading these shows is on the door of the practice, or one's own. Every other read leaves an entry.
UNRECORDED_READS = {
    "self:read",
    "sessions:manage",
    "second_factors:manage",
    "organization:read",
    "locations:read",
    "service_types:read",
}
UNRECORDED_ROUTES = {"/api/v1/staff", "/api/v1/staff/{staff_id}"}  # colleagues' names, on every agenda


def test_every_sensitive_read_leaves_an_audit_entry() -> None:
    for service in SERVICES:
        for route in load(service).routes:
            if not route.writes and route.permission not in UNRECORDED_READS and route.path not in UNRECORDED_ROUTES:
                assert route.audit, route.path


def test_internal_routes_are_not_below_the_public_prefix() -> None:
    for service in SERVICES:
        for route in load(service).routes:
            assert (route.permission == INTERNAL) == route.path.startswith("/internal/")


def test_every_permission_is_given_to_somebody_and_used_somewhere() -> None:
    used = {row.permission for row in ROUTE_TABLE} - {PUBLIC}
    assert used <= permissions.ALL
    inside_commands = {"appointments:override", "invoices:override_hold"}
    assert permissions.ALL - used == inside_commands


def test_the_matrix_is_the_one_that_was_reviewed() -> None:
    assert draw() == PICTURE.read_text(encoding="utf-8"), "see the module's docstring"


@pytest.mark.parametrize("level", permissions.LEVELS)
def test_every_level_includes_default(level: str) -> None:
    assert permissions.effective([level], []) >= permissions.DEFAULT


def test_grants_add_and_never_take_away_but_for_sight() -> None:
    for grant in permissions.GRANTS:
        for level in permissions.LEVELS:
            assert permissions.effective([level], [grant]) >= permissions.effective([level], [])
    assert "payments:refund" not in permissions.effective(["therapist"], ["refunds"])
    assert "payments:refund" in permissions.effective(["billing"], ["refunds"])


def test_the_committed_api_document_is_the_code() -> None:
    documents = [describe(service, load(service).routes) for service in SERVICES]
    assert json.loads(DOCUMENT.read_text(encoding="utf-8")) == json.loads(json.dumps(merge(documents))), "make openapi"


def test_handlers_have_distinct_names() -> None:
    names = [route.name for service in SERVICES for route in load(service).routes]
    assert len(names) == len(set(names))


def test_the_events_page_is_the_code() -> None:
    from tests.architecture.events_page import PAGE, write

    assert write() == Path(PAGE).read_text(encoding="utf-8"), "python -m tests.architecture.events_page"
