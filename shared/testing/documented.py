"""What a test is answered must stand in the API document, or the test fails where it asked.

A refusal's code is named for its operation; a response has what its schema says, all of it and nothing besides.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from shared.testing.conformance import differences
from shared.web.openapi import refusals_of
from shared.web.routes import INTERNAL, Route

DOCUMENT = Path(__file__).parents[2] / "gateway" / "api" / "page" / "openapi.json"
# What the edge of a service says, and the gateway never lets through or says itself to everybody.
OF_THE_EDGE = frozenset(
    {
        "bad_actor_token",
        "forbidden",
        "internal_error",
        "method_not_allowed",
        "too_large",
        "unavailable",
        "unparsable",
        "unsupported_media_type",
    }
)


def check_gateway(method: str, path: str, status: int, code: str) -> None:
    """Raises `AssertionError` for a code that the document does not name for this operation and status."""
    if status == 500 or method.upper() not in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        return
    for pattern, operations in _operations():
        if pattern.match(path) and method.lower() in operations:
            known = operations[method.lower()].get(str(status), [])
            assert code in known, f"{method} {path}: {status} {code} is not in the API document"
            return


def check_service(routes: Sequence[Route], method: str, path: str, code: str) -> None:
    """The same of a service that is asked without the gateway, by the routes that it serves."""
    for route in routes:
        if route.method == method and route.permission != INTERNAL and _pattern(route.path).match(path):
            assert code in _codes_of(route) | OF_THE_EDGE, f"{method} {route.path}: {code} is not in the API document"
            return


def check_response(method: str, path: str, status: int, content: bytes) -> None:
    """Raises `AssertionError` for a response that is otherwise than the committed document says; `path` is whole."""
    for pattern, schemas in _responses().get(method.upper(), ()):
        if pattern.match(path):
            assert str(status) in schemas, f"{method} {path}: the API document does not name {status}"
            if (schema := schemas[str(status)]) is not None:
                found = list(differences(orjson.loads(content), schema, _document()["components"]["schemas"]))
                assert not found, f"{method} {path}: {status} is otherwise than the API document says: {found[:5]}"
            return


@cache
def _responses() -> dict[str, list[tuple[re.Pattern[str], dict[str, Any]]]]:
    """By method, literal paths first: the schemas of responses by status, None for those that are not JSON."""
    found: dict[str, list[tuple[re.Pattern[str], dict[str, Any]]]] = {}
    for path, operations in sorted(_document()["paths"].items(), key=lambda item: item[0].count("{")):
        for method, operation in operations.items():
            schemas = {
                status: response.get("content", {}).get("application/json", {}).get("schema")
                for status, response in operation["responses"].items()
            }
            found.setdefault(method.upper(), []).append((_pattern(path), schemas))
    return found


@cache
def _document() -> dict[str, Any]:
    return dict(orjson.loads(DOCUMENT.read_bytes()))


@cache
def _codes_of(route: Route) -> frozenset[str]:
    return frozenset(refused.code for refused in refusals_of(route))


@cache
def _pattern(template: str) -> re.Pattern[str]:
    return re.compile("^" + re.sub(r"\\{\w+\\}", "[^/]+", re.escape(template)) + "$")


@cache
def _operations() -> list[tuple[re.Pattern[str], dict[str, Any]]]:
    """Path by path, literal ones first: method -> status -> codes."""
    document = _document()
    shared = document["components"]["responses"]
    return [
        (
            _pattern(path),
            {
                method: {
                    status: shared[response["$ref"].split("/")[-1]]["x-codes"]
                    if "$ref" in response
                    else response.get("x-codes", [])
                    for status, response in operation["responses"].items()
                }
                for method, operation in operations.items()
            },
        )
        for path, operations in sorted(document["paths"].items(), key=lambda item: item[0].count("{"))
    ]
