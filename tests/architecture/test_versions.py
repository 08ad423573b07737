"""What has a version is changed only through `If-Match`, and the route says which thing it changes."""

from __future__ import annotations

import inspect
from typing import get_type_hints

from shared.services import SERVICES
from shared.testing.databases import load
from shared.web.openapi import describe
from shared.web.routes import INTERNAL, Route

# Routes that answer with a version and change nothing that was there before. Each with what it makes.
MAKING = {
    "post_cancellation_policy": "the next version of the policy; earlier ones stay",
    "post_billing_profile": "a version from a day on; earlier ones stay",
    "post_location_billing_profile": "a version from a day on; earlier ones stay",
    "post_staff_billing_profile": "a version from a day on; earlier ones stay",
    "put_logo": "a version of the billing profile from today on; earlier ones stay",
    "delete_logo": "a version of the billing profile from today on; earlier ones stay",
    "post_location": "a location",
    "post_staff": "a member of staff",
    "post_api_client": "an API client",
    "post_client": "a client",
    "post_client_field": "an own field",
    "post_responsible_person": "who pays a share",
    "post_case": "a case",
    "post_diagnosis": "a diagnosis",
    "post_plan": "a treatment plan",
    "post_appointment": "an appointment",
    "post_group": "a group",
    "post_note": "a note",
    "post_service_type": "a service",
    "post_draft_invoice": "a draft",
}
ROUTES = [route for service in SERVICES for route in load(service).routes if route.permission != INTERNAL]


def answers_with_a_version(route: Route) -> bool:
    """Whether the answer is a thing with a version."""
    return route.response is not None and "version" in route.response().fields


def test_what_changes_a_thing_with_a_version_says_which() -> None:
    silent = {
        each_route.name
        for each_route in ROUTES
        if each_route.writes and answers_with_a_version(each_route) and each_route.changes is None
    }
    assert silent == MAKING.keys() and all(MAKING.values())


def test_a_route_that_changes_something_writes_and_its_thing_has_a_version() -> None:
    changing = [route for route in ROUTES if route.changes is not None]
    assert len(changing) > 30
    for route in changing:
        assert route.changes is not None and route.writes and not route.reads, route.name
        assert hasattr(get_type_hints(route.changes)["return"], "version"), route.name


def test_every_patch_changes_a_thing_with_a_version() -> None:
    """So that `tests/access/test_edge.py` sends each of them nothing, and sees that nothing changes."""
    own = {"patch_passkey", "patch_preferences"}  # nobody else changes them; sent nothing by their own tests
    own |= {"patch_client_import_row"}  # a decision is given whole, the last counts; sent nothing by its own test
    assert {
        each_route.name for each_route in ROUTES if each_route.method == "PATCH" and each_route.changes is None
    } == own


def test_its_thing_is_found_by_the_ids_of_the_path_alone() -> None:
    for route in ROUTES:
        if route.changes is not None:
            parameters = list(inspect.signature(route.changes).parameters.values())
            needed = {parameter.name for parameter in parameters if parameter.default is inspect.Parameter.empty}
            assert needed - {"session", "actor"} <= {part.strip("{}") for part in route.path.split("/")}, route.name


def test_the_document_names_the_header_where_it_works_and_only_there() -> None:
    for service in SERVICES:
        routes = load(service).routes
        paths = describe(service, routes)["paths"]
        for route in routes:
            if route.permission == INTERNAL:
                continue
            operation = paths[route.path][route.method.lower()]
            named = "If-Match" in {parameter.get("name") for parameter in operation["parameters"]}
            assert named == (route.changes is not None) == ("412" in operation["responses"]), route.name
