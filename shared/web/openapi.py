"""OpenAPI 3.1 from the same routes and schemas that serve the requests."""

from __future__ import annotations

import inspect
import re
from collections.abc import Sequence
from typing import Any

from apispec import APISpec

from shared.web.errors import PROBLEM_TYPE
from shared.web.examples import ILLUSTRATIONS, filled
from shared.web.openapi_fields import SpeakingPlugin, describe_parameters
from shared.web.routes import INTERNAL, PUBLIC, Route

_PLACEHOLDER = re.compile(r"{(\w+)}")

PROBLEM = {
    "type": "object",
    "description": "Why a request was refused (RFC 9457).",
    "required": ["type", "title", "status", "detail", "code", "errors", "request_id"],
    "properties": {
        "type": {"type": "string", "description": "Always `about:blank`: `code` says which problem it is."},
        "title": {"type": "string", "description": "The kind of refusal in a few words, as the status says it."},
        "status": {"type": "integer", "description": "The HTTP status, once more."},
        "detail": {"type": "string", "description": "What happened and what to do, in a sentence for people."},
        "code": {"type": "string", "description": "A stable slug that a program may switch on."},
        "errors": {
            "type": "array",
            "description": "One entry per field that is wrong; empty where it is the request as a whole.",
            "items": {
                "type": "object",
                "required": ["field", "code", "detail"],
                "properties": {
                    "field": {"type": "string", "description": "Path to the field, such as rooms.0.name."},
                    "code": {"type": "string", "description": "A stable slug that a program may switch on."},
                    "detail": {"type": "string", "description": "What is wrong with the field, for people."},
                    "value": {
                        "type": "string",
                        "description": "What a program needs of the sentence: an id, a limit, a status.",
                    },
                },
            },
        },
        "request_id": {
            "type": ["string", "null"],
            "description": "Id of the request, which is in our logs too: name it when you ask us about an answer.",
        },
    },
}


def describe(service: str, routes: Sequence[Route], version: str = "1") -> dict[str, Any]:
    """The OpenAPI document of one service's public routes; the gateway serves the merged one."""
    spec = APISpec(
        title="Caseload",
        version=version,
        openapi_version="3.1.0",
        plugins=[SpeakingPlugin()],
    )
    spec.components.schema("Problem", PROBLEM)
    spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer"})
    for route in routes:
        if route.permission == INTERNAL:
            continue
        spec.path(path=route.path, operations={route.method.lower(): _operation(service, route)})
    document = dict(spec.to_dict())
    for route in routes:
        if route.permission != INTERNAL and route.query is not None and route.example is not None:
            _show(document["paths"][route.path][route.method.lower()]["parameters"], filled(route.example))
    return document


def _show(parameters: list[dict[str, Any]], query: dict[str, Any]) -> None:
    """Put the example of a query beside the parameters that apispec has made of the schema."""
    for parameter in parameters:
        if parameter["in"] == "query" and parameter["name"] in query:
            parameter["example"] = query[parameter["name"]]


def _operation(service: str, route: Route) -> dict[str, Any]:
    parameters: list[Any] = [
        {
            "in": "path",
            "name": name,
            "required": True,
            "schema": {"type": "string", "format": "uuid"},
            "example": ILLUSTRATIONS[name],
        }
        for name in _PLACEHOLDER.findall(route.path)
    ]
    if route.query is not None:
        parameters.append({"in": "query", "schema": route.query})
    if route.method == "POST" and not route.reads:
        parameters.append({"in": "header", "name": "Idempotency-Key", "schema": {"type": "string", "maxLength": 255}})
    if route.if_match:
        parameters.append({"in": "header", "name": "If-Match", "schema": {"type": "string"}})
    describe_parameters(parameters)
    answer: dict[str, Any] = {"description": "Done."}
    if route.streams is not None:
        answer["content"] = {route.streams: {"schema": {"type": "string"}}}
    elif route.answer is not None:
        answer["content"] = {"application/json": {"schema": route.answer}}
    responses: dict[str, Any] = {str(route.status): answer}
    for status in _refusals(route):
        responses[str(status)] = {
            "description": "A problem document (RFC 9457).",
            "content": {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    operation: dict[str, Any] = {
        "operationId": route.name,
        "summary": _summary(route),
        "tags": [service],
        "parameters": parameters,
        "responses": responses,
        "security": [] if route.permission == PUBLIC else [{"bearer": []}],
        "x-permission": route.permission,
        "x-audit-action": route.audit or route.name,
    }
    if route.body is not None:
        content = {"schema": route.body, "example": filled(route.example)}
        operation["requestBody"] = {"required": True, "content": {"application/json": content}}
    return operation


def _refusals(route: Route) -> list[int]:
    statuses = {400, 401, 413, 415, 422, 429, 503}
    if route.permission != PUBLIC:
        statuses |= {403}
    if "{" in route.path:
        statuses |= {404}
    if route.writes:
        statuses |= {409}
    if route.if_match:
        statuses |= {412}
    return sorted(statuses)


def _summary(route: Route) -> str:
    document = inspect.getdoc(route.handler) or route.name.replace("_", " ")
    return document.splitlines()[0].rstrip(".")
