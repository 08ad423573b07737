"""What holds responses against the API document notices each difference."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from shared.testing.conformance import differences
from shared.testing.documented import check_response

SCHEMAS: dict[str, Any] = {
    "Address": {
        "type": "object",
        "properties": {"line2": {"type": ["string", "null"]}, "state": {"type": "string", "pattern": "^[A-Z]{2}$"}},
        "required": ["line2", "state"],
        "additionalProperties": False,
    },
    "Client": {
        "type": "object",
        "properties": {
            "id": {"type": "string", "format": "uuid"},
            "born": {"type": "string", "format": "date"},
            "status": {"enum": ["active", "archived"], "type": "string"},
            "version": {"type": "integer", "minimum": 1},
            "address": {"anyOf": [{"$ref": "#/components/schemas/Address"}, {"type": "null"}]},
            "tags": {"type": "array", "items": {"type": "string", "maxLength": 3}},
            "counts": {"type": "object", "additionalProperties": {"type": "integer"}},
        },
        "required": ["id"],
        "additionalProperties": False,
    },
}
ID = {"id": "019a2090-0000-7000-8000-000019eb6921"}
ADDRESS = {"line2": None, "state": "NY"}


def found(value: Any) -> list[str]:
    return list(differences(value, {"$ref": "#/components/schemas/Client"}, SCHEMAS))


@pytest.mark.parametrize(
    "more",
    [
        {"born": "1990-01-02", "status": "active", "version": 1},
        {"address": None, "tags": [], "counts": {}},
        {"address": ADDRESS, "tags": ["abc"], "counts": {"any": 2}},
    ],
)
def test_what_the_schema_says_is_no_difference(more: dict[str, Any]) -> None:
    assert found(ID | more) == []


@pytest.mark.parametrize(
    "more",
    [
        {"id": "7"},
        {"id": None},
        {"born": "1990-13-02"},
        {"status": "gone"},
        {"version": 0},
        {"version": True},
        {"version": "1"},
        {"address": {"state": "NY"}},
        {"address": {**ADDRESS, "state": "ny"}},
        {"address": {**ADDRESS, "country": "US"}},
        {"address": "New York"},
        {"tags": ["abcd"]},
        {"tags": {}},
        {"counts": {"any": "2"}},
        {"shoe_size": 43},
    ],
)
def test_each_difference_is_found(more: dict[str, Any]) -> None:
    assert len(found(ID | more)) == 1


def test_what_is_absent_is_named() -> None:
    assert found({}) == [".id is absent"]


def test_a_response_that_the_document_does_not_describe_fails_where_a_test_asked() -> None:
    check_response("DELETE", "/api/v1/me/sessions", 200, orjson.dumps({"ended": 2}))
    with pytest.raises(AssertionError, match="is otherwise than the API document says"):
        check_response("DELETE", "/api/v1/me/sessions", 200, orjson.dumps({"ended": "two"}))
    with pytest.raises(AssertionError, match="does not name 201"):
        check_response("DELETE", "/api/v1/me/sessions", 201, orjson.dumps({"ended": 2}))
