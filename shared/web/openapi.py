"""OpenAPI 3.1 from the same routes and schemas that serve the requests."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Sequence
from typing import Any

from apispec import APISpec

from shared.client_families import ClientMoved
from shared.errors import Forbidden, Invalid, NotFound, Stale
from shared.permissions import API_PERMISSIONS, GRANTS, LEVELS, effective
from shared.web.errors import status_of_kind
from shared.web.examples import ILLUSTRATIONS, filled
from shared.web.idempotency import IdempotentRequest
from shared.web.merged_clients import has_own_address
from shared.web.openapi_fields import SpeakingPlugin, describe_parameters
from shared.web.openapi_responses import complete
from shared.web.parsing import ROW
from shared.web.problem_document import PROBLEM, Refused, refuse
from shared.web.refusals import reachable
from shared.web.routes import INTERNAL, PUBLIC, Route
from shared.web.uploads import FILE, FORM, FilePart, opened

ROW_EXAMPLE = 2
_PLACEHOLDER = re.compile(r"{(\w+)}")


def describe(service: str, routes: Sequence[Route], version: str = "1") -> dict[str, Any]:
    """The OpenAPI document of one service's public routes; the gateway serves the merged one."""
    spec = APISpec(
        title="Caseload",
        version=version,
        openapi_version="3.1.0",
        plugins=[SpeakingPlugin()],
    )
    spec.components.schema("ProblemDocument", PROBLEM)
    spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer"})
    for route in routes:
        if route.permission == INTERNAL:
            continue
        spec.path(path=route.path, operations={route.method.lower(): _operation(service, route)})
    document: dict[str, Any] = _plain(dict(spec.to_dict()))
    for route in routes:
        if route.permission != INTERNAL and route.query is not None and route.example is not None:
            _show(document["paths"][route.path][route.method.lower()]["parameters"], filled(route.example))
    complete(document)
    return document


def _plain(part: Any) -> Any:
    """The document with what apispec says in a roundabout way said so that a generator of clients makes one type of it.

    A choice that may be null is a choice, or null; a parameter of a query is left out, it cannot be null.
    """
    if isinstance(part, list):
        return [_plain(item) for item in part]
    if not isinstance(part, dict):
        return part
    part = {name: _plain(value) for name, value in part.items()}
    if None in part.get("enum", ()):
        choice = {
            "type": "string",
            "enum": [choice_value for choice_value in part.pop("enum") if choice_value is not None],
        }
        del part["type"]
        part["anyOf"] = [choice, {"type": "null"}]
    if part.get("in") == "query":
        schema = {name: value for name, value in part["schema"].items() if (name, value) != ("default", None)}
        if isinstance(schema.get("type"), list):
            (schema["type"],) = [type_name for type_name in schema["type"] if type_name != "null"]
        if "anyOf" in schema:
            (only,) = [alternative for alternative in schema.pop("anyOf") if alternative != {"type": "null"}]
            schema |= only
        part["schema"] = schema
    return part


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
            "schema": {"type": "integer", "minimum": 1} if name == ROW else {"type": "string", "format": "uuid"},
            "example": ROW_EXAMPLE if name == ROW else ILLUSTRATIONS[name],
        }
        for name in _PLACEHOLDER.findall(route.path)
    ]
    if route.query is not None:
        parameters.append({"in": "query", "schema": route.query})
    if route.takes_keys:
        parameters.append({"in": "header", "name": "Idempotency-Key", "schema": {"type": "string", "maxLength": 255}})
    if route.if_match:
        parameters.append({"in": "header", "name": "If-Match", "schema": {"type": "string"}})
    describe_parameters(parameters)
    responses = {str(route.status): _response(route, "Done.")}
    if route.may_exist:
        responses["200"] = _response(route, "It was there already.")
    operation: dict[str, Any] = {
        "operationId": route.name,
        "summary": _summary(route),
        "description": _description(route),
        "tags": [route.tag.name if route.tag else service],
        "parameters": parameters,
        "responses": responses,
        "security": [] if route.permission == PUBLIC else [{"bearer": []}],
        "x-permission": route.permission,
        "x-audit-action": route.audit or route.name,
    }
    refuse(operation, refusals_of(route))
    if route.file is not None:
        operation["requestBody"] = {"required": True, "content": {FORM: {"schema": _form(route, route.file)}}}
    elif route.body is not None:
        content = {"schema": route.body, "example": filled(route.example)}
        required = any(field.required for field in route.body().fields.values())
        operation["requestBody"] = {"required": required, "content": {"application/json": content}}
    return operation


def _form(route: Route, part: FilePart) -> dict[str, Any]:
    """A form with a file in it: the file, and what stands beside it."""
    file = {"type": "string", "format": "binary", "description": part.description}
    form = {"type": "object", "required": [FILE], "properties": {FILE: file}}
    return form if route.body is None else {"allOf": [form, route.body]}


def _response(route: Route, description: str) -> dict[str, Any]:
    content: dict[str, Any] = {} if route.response is None else {"application/json": {"schema": route.response}}
    content |= {kind: {"schema": {"type": "string"}} for kind in route.streams}
    return {"description": description, "content": content} if content else {"description": description}


def refusals_of(route: Route) -> Iterator[Refused]:
    """What the handler and the edge of the service refuse."""
    starts: list[Any] = [route.handler]
    if route.file is not None:
        starts += [opened, route.file.read, *([route.file.bring] if route.file.bring else [])]
    if route.takes_keys:
        starts.append(IdempotentRequest)
    for start in starts:
        for refusal in reachable(start):
            # A stranger's request comes to no permission, and only a row with a version is asked for it.
            stranger, versioned = route.permission == PUBLIC, route.if_match
            if not (stranger and refusal.kind is Forbidden) and (versioned or not issubclass(refusal.kind, Stale)):
                yield Refused(status_of_kind(refusal.kind), refusal.code, refusal.detail)
    yield Refused.of(Invalid)
    if "{" in route.path:
        yield Refused.of(NotFound)
    if has_own_address(route.path):
        yield Refused.of(ClientMoved)
    if route.if_match:
        yield Refused.of(Stale)


def _description(route: Route) -> str:
    """What stands below the first line of the handler's docstring, and who may ask."""
    document = inspect.getdoc(route.handler) or ""
    paragraphs = [" ".join(part.split()) for part in document.split("\n\n")[1:]]
    return "\n\n".join([*paragraphs, _who_may(route.permission)])


def _who_may(permission: str) -> str:
    if permission == PUBLIC:
        return "Anybody may ask: no sign-in is needed."
    levels = [_words(level) for level in LEVELS if permission in effective([level], [])]
    grants = [f"`{grant}`" for grant, added in GRANTS.items() if permission in added]
    who = "everybody who is signed in" if len(levels) == len(LEVELS) else ", ".join(levels)
    also = [f"the grant {' or '.join(grants)}"] * bool(grants) + ["API clients"] * (permission in API_PERMISSIONS)
    return f"Needs `{permission}`: {who}" + (f"; also {' and '.join(also)}" if also else "") + "."


def _words(level: str) -> str:
    return level.replace("_", " ").title()


def _summary(route: Route) -> str:
    document = inspect.getdoc(route.handler) or route.name.replace("_", " ")
    return document.splitlines()[0].rstrip(".")
