"""The API document teaches: a task, a description, a permission and every error code for each operation."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from gateway.api.page import DOCUMENT
from services.identity.organization.schemas import OrganizationSchema, PublicOrganizationSchema
from services.identity.staff.schemas import ColleagueSchema
from services.identity.staff_list.schemas import ManagedMemberSchema
from shared.testing.conformance import differences
from shared.web.tags import TAGS
from tests.architecture.errors_page import codes

API = json.loads(DOCUMENT.read_text(encoding="utf-8"))
OPERATIONS: dict[str, Any] = {
    operation["operationId"]: operation for path in API["paths"].values() for operation in path.values()
}
# Codes that no operation names, each with the reason.
OF_NO_OPERATION = {
    "needs_https": "said by the page of the sign-in",
    "not_from_our_page": "said to a page of the web app",
    "other_name": "said to a page under another name",
    "reauthentication_needed": "said to a page of the web app, whose session is a browser's",
    "version_required": "said to a page of the web app, whose session is a browser's",
    "being_changed": "the error of a job that deletes or merges a client",
    "not_answered": "the error of a job that deletes or merges a client",
    "same_appointment": "the error of a job that merges a client",
    "used": "the error of a job that deletes a client",
    "bad_actor_token": "between the gateway and a service",
    "too_many_merged": "no operation merges clients so far",
    "refused": "no refusal is of no kind",
    "moved": "no client is at another address but one who was merged",
    "method_not_allowed": "there is no such operation",
    "http_error": "there is no such operation",
    "internal_error": "we are at fault",
}


def codes_of(operation: dict[str, Any]) -> set[str]:
    """Every code that an operation may be refused with."""
    found: set[str] = set()
    for given in operation["responses"].values():
        shared = API["components"]["responses"].get(given.get("$ref", "").split("/")[-1])
        found |= set((shared or given).get("x-codes", []))
    return found


def test_every_operation_belongs_to_one_task() -> None:
    assert API["tags"] == [{"name": tag.name, "description": tag.description} for tag in TAGS]
    assert {tag for operation in OPERATIONS.values() for tag in operation["tags"]} == {tag.name for tag in TAGS}
    assert all(len(operation["tags"]) == 1 for operation in OPERATIONS.values())


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_says_what_it_does_and_who_may_ask(name: str) -> None:
    what, _, who = OPERATIONS[name]["description"].rpartition("\n\n")
    assert len(what) > 20, "say below the docstring's first line what it does, and what it changes"
    assert who.startswith(("Needs `", "Anybody may ask"))
    assert OPERATIONS[name]["summary"] not in what


def test_every_code_stands_with_an_operation() -> None:
    named = set().union(*(codes_of(operation) for operation in OPERATIONS.values()))
    known = {code.code for code in codes()}
    assert named <= known
    assert known - named <= OF_NO_OPERATION.keys()


def responses() -> list[Any]:
    """Each JSON response that is no refusal: operation, status, content."""
    return [
        pytest.param(given["content"]["application/json"], id=f"{name} {status}")
        for name, operation in OPERATIONS.items()
        for status, given in operation["responses"].items()
        if status < "300" and "application/json" in given.get("content", {})
    ]


@pytest.mark.parametrize("content", responses())
def test_every_response_has_an_example_that_is_what_its_schema_says(content: dict[str, Any]) -> None:
    assert list(differences(content["example"], content["schema"], API["components"]["schemas"])) == []


def test_all_that_a_response_has_is_always_there_but_what_others_do_not_see_or_a_unit_does_not_need() -> None:
    left_out, seen, todo = {}, set(), [content.values[0]["schema"] for content in responses()]
    for schema in todo:
        for name in re.findall(r'"#/components/schemas/(\w+)"', json.dumps(schema)):
            if name not in seen:
                seen.add(name)
                todo.append(component := API["components"]["schemas"][name])
                if absent := component.get("properties", {}).keys() - component.get("required", ()):
                    left_out[name] = absent
    assert len(seen) > 100
    assert left_out == {
        "Unit": {"units", "minutes", "rounding"},
        "ManagedMember": ManagedMemberSchema().fields.keys() - ColleagueSchema().fields.keys(),
        "Organization": OrganizationSchema().fields.keys() - PublicOrganizationSchema().fields.keys(),
    }
