"""The edge of a service: what happens to a request before and after its transaction.

The order never changes: request id, size, actor token, permission, parsing, then the transaction (idempotency, handler,
audit row, commit), answer. Whatever refuses becomes a problem document, and a denial leaves its row.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from flask import Response, request
from marshmallow import Schema
from werkzeug.exceptions import MethodNotAllowed

from shared import client_network, clock, logs
from shared.actor import Caller
from shared.audit_facts import AuditFacts
from shared.database.session import Database, Session
from shared.errors import Invalid, Refusal, TooLarge, UnsupportedMedia
from shared.ids import new_id
from shared.keys.actor_token import GATEWAY, HEADER, PUBLIC, BadActorToken, Claims, TokenVerifier
from shared.web import errors
from shared.web.audit_entries import record_denial
from shared.web.cursors import CursorKey, Cursors
from shared.web.days import Today, ensure_past, past_days
from shared.web.dumping import dump_of
from shared.web.merged_clients import KnownClients
from shared.web.parsing import load_body, load_query, parse_json, path_value
from shared.web.query_strings import ensure_text
from shared.web.replays import Sight
from shared.web.routes import INTERNAL, Route
from shared.web.routes import PUBLIC as PUBLIC_ROUTE
from shared.web.spool import Content, Spooled, digest_of, spooled
from shared.web.transaction import run_request
from shared.web.uploads import opened

REQUEST_ID = re.compile(r"^[A-Za-z0-9._-]{8,64}$")


@dataclass(frozen=True, slots=True)
class Edge:
    """What every request of one service needs."""

    database: Database
    tokens: TokenVerifier
    cursors: CursorKey
    today: Today | None = None  # what day it is at a practice, in a service that asks for days that have come
    clients: KnownClients | None = None  # in a service that knows of clients: who was merged is followed


def view_of(edge: Edge, route: Route, sight: Sight) -> Callable[..., Response]:
    """The Flask view of a route: it takes the ids of the path, and answers a refusal as a problem document.

    `sight`: who may be given its first answer again.
    """
    dump = dump_of(route.response()) if route.response else None
    body_schema = route.body() if route.body else None
    query_schema = route.query() if route.query else None

    def view(**path: str) -> Response:
        if request.method != route.method:  # werkzeug adds HEAD to GET; the table names methods one by one
            raise MethodNotAllowed(valid_methods=[route.method])
        started = clock.monotonic()
        given = request.headers.get("X-Request-Id", "")
        request_id = given if REQUEST_ID.match(given) else str(new_id())
        with logs.correlated(request=request_id, correlation=request_id), contextlib.ExitStack() as in_hand:
            actor: Caller | None = None
            call: dict[str, Any] = {}
            client_network.current.set(None)
            client_network.address.set(None)
            client_network.device.set(None)
            client_network.known_devices_only.set(False)
            try:
                content = in_hand.enter_context(_content(route))
                digest = digest_of(content)
                claims = edge.tokens.verify(request.headers.get(HEADER), request.method, request.path, digest)
                actor = claims.actor
                client_network.current.set(claims.network)
                client_network.address.set(claims.address)
                client_network.device.set(claims.device)
                client_network.known_devices_only.set(claims.known_devices_only)
                _check_subject(route, claims)
                call = _arguments(query_schema, path)
                if isinstance(content, Spooled):
                    parts, digest = _parts(edge, route, actor, body_schema, content)
                    call |= parts
                else:
                    call |= _body(body_schema, content)
                look = _looks_at_days(edge, body_schema, content)
                cursors = Cursors.of_request(edge.cursors, request.method, request.path, actor)
                response = run_request(
                    edge.database, route, dump, claims, call, digest, look, cursors, sight, edge.clients
                )
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
                actor_id=str(actor.actor_id) if actor else None,
            )
            return response

    view.__name__ = route.name
    return view


@contextlib.contextmanager
def _content(route: Route) -> Iterator[Content]:
    """The body of the request at hand; one with a file is in a file itself, for as long as the block runs."""
    if (request.content_length or 0) > route.body_bytes_max:
        raise TooLarge.for_more_than(route.body_bytes_max)
    if route.file is not None:
        with spooled(request.stream, route.body_bytes_max) as content:
            yield content
        return
    body = request.get_data(cache=False)
    if len(body) > route.body_bytes_max:
        raise TooLarge.for_more_than(route.body_bytes_max)
    yield body


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


def _arguments(query_schema: Schema | None, path: dict[str, str]) -> dict[str, Any]:
    call: dict[str, Any] = {name: path_value(name, text) for name, text in path.items()}
    ensure_text(request.query_string)
    if query_schema is not None:
        call["query"] = load_query(query_schema, request.args)
    elif request.args:
        raise Invalid.field(next(iter(request.args)), "unknown", "This endpoint takes no such parameter.")
    return call


def _body(schema: Schema | None, body: bytes) -> dict[str, Any]:
    """What the JSON of a request says."""
    if schema is not None:
        if body and request.mimetype != "application/json":
            raise UnsupportedMedia()
        return {"body": load_body(schema, parse_json(body) if body else {})}
    if body and (request.mimetype != "application/json" or parse_json(body) not in ({}, None)):
        raise Invalid.field("", "unexpected_body", "This endpoint takes no body.")
    return {}


def _parts(
    edge: Edge, route: Route, actor: Caller | None, schema: Schema | None, content: Spooled
) -> tuple[dict[str, Any], bytes]:
    """What the file of a request says, and the texts beside it; and the digest of both.

    The file is read, and put into the store, before anything is locked.
    """
    assert route.file is not None, "only a route with a file has its body in one"
    with opened(content, request.content_type or "") as parts:
        if schema is None and parts.texts:
            raise Invalid.field(next(iter(parts.texts)), "unknown", "This endpoint takes no such part.")
        body = {} if schema is None else {"body": load_query(schema, parts.texts)}
        digest = parts.digest()
        file = route.file.read(parts.file)
        if route.file.bring is not None:
            assert actor is not None, "a stored file belongs to an organization"
            file = route.file.bring(edge.database, actor, file)
        return {"file": file, **body}, digest


def _looks_at_days(edge: Edge, schema: Schema | None, content: Content) -> Callable[[Session, Caller], None]:
    """What compares the days of a body, which its schema has accepted, with today at the practice."""
    days = []
    if schema is not None and content and isinstance(content, bytes):
        days = list(past_days(schema, parse_json(content)))

    def look(session: Session, actor: Caller) -> None:
        if days:
            assert edge.today is not None, "a service whose schemas have a PastDay says what day it is"
            ensure_past(days, edge.today(session, actor))

    return look


def _record_denial(
    edge: Edge, route: Route, actor: Caller | None, path: dict[str, str], call: dict[str, Any], refusal: Refusal
) -> None:
    """Refused sight or action leaves its own row; failing to write it must not change the answer."""
    if actor is None or not refusal.denies:
        return
    try:
        wanted = call or {name: path_value(name, text) for name, text in path.items()}
        edge.database.run(
            lambda session: record_denial(session, route, actor, wanted, refusal, refusal.audit_facts or AuditFacts()),
            actor.organization_id,
        )
    except Exception as error:
        logs.get().warning("denial_not_recorded", route=route.name, error=error)
