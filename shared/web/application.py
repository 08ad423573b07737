"""A service's web process: builds the Flask application from its routes and runs each request as one transaction.

The order at the edge never changes: request id, size, actor token, permission, parsing, idempotency, handler,
audit row, commit, answer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from flask import Flask, Response, request
from marshmallow import Schema
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from shared import client_network, clock, logs
from shared.actor import Actor
from shared.audit_facts import AuditFacts
from shared.database.session import Database, Session
from shared.errors import Invalid, Refusal, Stale, TooLarge, UnsupportedMedia
from shared.ids import new_id
from shared.keys.actor_token import GATEWAY, HEADER, PUBLIC, BadActorToken, Claims, TokenVerifier
from shared.keys.public import PublicKeys
from shared.web import errors, metrics
from shared.web.audit_entries import record_denial, record_replay, record_success
from shared.web.idempotency import IdempotentRequest
from shared.web.parsing import load_body, load_query, parse_json, path_id
from shared.web.routes import INTERNAL, Answer, Dumped, Route, Streamed
from shared.web.routes import PUBLIC as PUBLIC_ROUTE
from shared.web.used_tokens import spend

REQUEST_ID = re.compile(r"^[A-Za-z0-9._-]{8,64}$")
_PLACEHOLDER = re.compile(r"{(\w+)}")


@dataclass(frozen=True, slots=True)
class Edge:
    """What every request of one service needs."""

    service: str
    database: Database
    tokens: TokenVerifier


def build_application(service: str, database: Database, public_keys: PublicKeys, routes: Sequence[Route]) -> Flask:
    """The WSGI application of `service` with these routes, `/healthz`, `/readyz` and `/metrics`."""
    app = Flask(service, static_folder=None)
    app.url_map.strict_slashes = True
    app.url_map.merge_slashes = False
    app.config["MAX_CONTENT_LENGTH"] = max(route.body_bytes_max for route in routes)
    app.extensions["caseload_routes"] = tuple(routes)
    app.extensions["caseload_database"] = database
    edge = Edge(service, database, TokenVerifier(service, public_keys))
    for route in routes:
        app.add_url_rule(
            _PLACEHOLDER.sub(r"<string:\1>", route.path),
            endpoint=route.name,
            view_func=_view(edge, route),
            methods=[route.method],
            provide_automatic_options=False,
        )
    _add_operations(app, database)
    app.register_error_handler(HTTPException, errors.http_problem)
    app.register_error_handler(Exception, _fault)
    app.wsgi_app = metrics.measured(app.wsgi_app, service)  # type: ignore[method-assign]
    return app


def _view(edge: Edge, route: Route) -> Any:
    answer_schema = route.answer() if route.answer else None
    body_schema = route.body() if route.body else None
    query_schema = route.query() if route.query else None

    def view(**path: str) -> Response:
        if request.method != route.method:  # werkzeug adds HEAD to GET; the table names methods one by one
            raise MethodNotAllowed(valid_methods=[route.method])
        started = clock.monotonic()
        given = request.headers.get("X-Request-Id", "")
        request_id = given if REQUEST_ID.match(given) else str(new_id())
        with logs.correlated(request=request_id, correlation=request_id):
            actor: Actor | None = None
            call: dict[str, Any] = {}
            client_network.current.set(None)
            try:
                body = _read_body(route)
                claims = edge.tokens.verify(request.headers.get(HEADER), request.method, request.path, body)
                actor = claims.actor
                client_network.current.set(claims.network)
                _check_subject(route, claims)
                call = _arguments(route, body_schema, query_schema, path, body)
                response = _answer(edge, route, answer_schema, claims, call, body)
            except Refusal as refusal:
                _record_denial(edge, route, actor, path, call, refusal)
                response = errors.problem(refusal)
            except Exception as error:
                logs.get().error("request_failed", route=route.name, error=error)
                response = errors.fault()
            response.headers["X-Request-Id"] = request_id
            logs.get().info(
                "request",
                route=route.name,
                status=response.status_code,
                milliseconds=round((clock.monotonic() - started) * 1000, 1),
                actor_id=str(actor.staff_id) if actor else None,
            )
            return response

    view.__name__ = route.name
    return view


def _read_body(route: Route) -> bytes:
    if (request.content_length or 0) > route.body_bytes_max:
        raise TooLarge(f"Send at most {route.body_bytes_max} bytes.")
    body = request.get_data(cache=False)
    if len(body) > route.body_bytes_max:
        raise TooLarge(f"Send at most {route.body_bytes_max} bytes.")
    return body


def _check_subject(route: Route, claims: Claims) -> None:
    if route.permission == INTERNAL:
        allowed = claims.subject == GATEWAY
    elif route.permission == PUBLIC_ROUTE:
        allowed = claims.subject == PUBLIC
    else:
        allowed = claims.actor is not None
    if not allowed:
        raise BadActorToken()
    if claims.actor is not None:
        claims.actor.require(route.permission)


def _arguments(
    route: Route, body_schema: Schema | None, query_schema: Schema | None, path: dict[str, str], body: bytes
) -> dict[str, Any]:
    call: dict[str, Any] = {name: path_id(text) for name, text in path.items()}
    if query_schema is not None:
        call["query"] = load_query(query_schema, request.args)
    elif request.args:
        raise Invalid.field(next(iter(request.args)), "unknown", "This endpoint takes no such parameter.")
    if body_schema is not None:
        if body and request.mimetype != "application/json":
            raise UnsupportedMedia()
        call["body"] = load_body(body_schema, parse_json(body) if body else {})
    elif body and (request.mimetype != "application/json" or parse_json(body) not in ({}, None)):
        raise Invalid.field("", "unexpected_body", "This endpoint takes no body.")
    if route.if_match:
        call["if_match"] = _if_match(request.headers.get("If-Match"))
    return call


def _if_match(header: str | None) -> int | None:
    if header is None or header.strip() == "*":
        return None
    text = header.strip().removeprefix("W/").strip('"')
    if not text.isdecimal() or len(text) > 9:
        raise Stale()
    return int(text)


def _answer(
    edge: Edge, route: Route, schema: Schema | None, claims: Claims, call: dict[str, Any], body: bytes
) -> Response:
    actor = claims.actor
    organization_id = actor.organization_id if actor else None
    key = request.headers.get("Idempotency-Key") if route.method == "POST" and route.keyed and not route.reads else None
    keyed = (
        IdempotentRequest(key, organization_id, actor.staff_id if actor else None, route.method, request.path, body)
        if key is not None
        else None
    )

    def work(session: Session) -> Response:
        if route.writes and route.permission not in (PUBLIC_ROUTE, INTERNAL):
            spend(session, claims)
        if keyed is not None and (stored := keyed.replay(session)) is not None:
            record_replay(session, route, actor, call, stored.about)
            return _json(stored.body, stored.status, {"Idempotency-Replayed": "true"})
        try:
            result = route.handler(session, actor, **call)
        except Refusal as refusal:
            if not refusal.keeps_changes:
                refusal.audit_facts = session.audit
                raise
            if actor is not None:
                record_denial(session, route, actor, call, refusal, session.audit)
            return errors.problem(refusal)
        if isinstance(result, Streamed):
            record_success(session, route, actor, call, None)
            return _stream(edge, result, organization_id)
        answer = result if isinstance(result, Answer) else Answer(result)
        session.flush()
        value = answer.value
        if schema is not None and not isinstance(value, Dumped):
            value = schema.dump(value)
        content = b"" if value is None else orjson.dumps(value)
        headers = dict(answer.headers)
        if isinstance(value, dict) and isinstance(value.get("version"), int):
            headers["ETag"] = f'"{value["version"]}"'
        status = answer.status or route.status
        said = record_success(session, route, actor, call, value)
        if keyed is not None and status < 300:
            keyed.keep(session, status, content, said)
        return _json(content, status, headers)

    return edge.database.run(work, organization_id)


def _stream(edge: Edge, streamed: Streamed, organization_id: UUID | None) -> Response:
    content = streamed.content(lambda work: edge.database.run(work, organization_id))
    disposition = f'attachment; filename="{streamed.file_name}"'
    return Response(content, content_type=streamed.content_type, headers={"Content-Disposition": disposition})


def _json(content: bytes, status: int, headers: dict[str, str]) -> Response:
    if not content:
        return Response(status=204 if status == 200 else status, headers=headers)
    return Response(content, status=status, headers=headers, content_type="application/json")


def _record_denial(
    edge: Edge, route: Route, actor: Actor | None, path: dict[str, str], call: dict[str, Any], refusal: Refusal
) -> None:
    """Refused sight or action leaves its own row; failing to write it must not change the answer."""
    if actor is None or not refusal.denies:
        return
    try:
        asked = call or {name: path_id(text) for name, text in path.items()}
        edge.database.run(
            lambda session: record_denial(session, route, actor, asked, refusal, refusal.audit_facts or AuditFacts()),
            actor.organization_id,
        )
    except Exception as error:
        logs.get().warning("denial_not_recorded", route=route.name, error=error)


def _add_operations(app: Flask, database: Database) -> None:
    @app.get("/healthz")
    def healthz() -> Response:
        return Response('{"status":"alive"}', content_type="application/json")

    @app.get("/readyz")
    def readyz() -> Response:
        waiting = [] if database.ready() else ["database"]
        body = orjson.dumps({"status": "waiting" if waiting else "ready", "waiting_for": waiting})
        return Response(body, status=503 if waiting else 200, content_type="application/json")

    @app.get("/metrics")
    def prometheus() -> Response:
        return metrics.exposition()


def _fault(error: Exception) -> Response:
    logs.get().error("request_failed", route="", error=error)
    return errors.fault()
