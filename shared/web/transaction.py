"""A request as one transaction: token spent, idempotency, handler, audit row, answer. All of it is kept, or none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from uuid import UUID

import orjson
from flask import Response, request

from shared.actor import Caller
from shared.database.session import Database, Session
from shared.errors import Refusal
from shared.failpoints import failpoint
from shared.keys.actor_token import Claims
from shared.web import errors
from shared.web.audit_entries import record_denial, record_replay, record_success
from shared.web.cursors import Cursors
from shared.web.dumping import Dump
from shared.web.idempotency import IdempotentRequest, Stored
from shared.web.merged_clients import KnownClients, follow
from shared.web.preconditions import ensure_as_expected
from shared.web.replays import Sight
from shared.web.routes import INTERNAL, PLACEHOLDER, Dumped, ResponseWith, Route, Streamed
from shared.web.routes import PUBLIC as PUBLIC_ROUTE
from shared.web.used_tokens import ensure_spent, spending


def run_request(
    database: Database,
    route: Route,
    dump: Dump | None,
    claims: Claims,
    asked_for: dict[str, Any],
    digest: bytes,
    look: Callable[[Session, Caller], None],
    cursors: Cursors,
    sight: Sight,
    clients: KnownClients | None = None,
) -> Response:
    """Run the route's handler on `asked_for` and answer with what `dump` makes of its result; `cursors` are its list's.

    `sight` refuses a first answer to somebody who may no longer see what it is about.
    `look` refuses what can be judged inside the transaction alone, before the handler takes its first lock.
    `digest` is the SHA-256 of what the request says. `clients`: a client who was merged is followed to the survivor.
    Commits unless the handler refuses; a refusal that `keeps_changes` commits too and is a problem document. Raises the
    other refusals, with what the handler had described for their audit row.
    """
    actor = claims.actor
    organization_id = actor.organization_id if actor else None
    key = request.headers.get("Idempotency-Key") if route.takes_keys else None
    keyed = (
        IdempotentRequest(key, organization_id, actor.actor_id if actor else None, route.method, request.path, digest)
        if key is not None
        else None
    )

    spends = route.writes and route.permission not in (PUBLIC_ROUTE, INTERNAL)
    spent = [spending(claims)] if spends else []
    repeated = keyed.reads() if keyed is not None and organization_id is not None else []

    def work(session: Session) -> Response:
        call, moved = asked_for, None
        session.cursors = cursors
        session.account_id = actor.actor_id if actor else None
        if spent:
            ensure_spent(session)
        if clients is not None and actor is not None:
            call, moved = follow(session, actor, clients, route.path, asked_for)
        found = [cursor.fetchall() for cursor in session.ahead[len(spent) :]] or None
        if keyed is not None and (stored := keyed.replay(session, found)) is not None:
            return _replayed(session, route, actor, call, stored, sight)
        if moved is not None:  # a repetition is found at the address it was sent to at first
            raise moved
        try:
            ensure_as_expected(session, route, actor, call, request.headers.get("If-Match"))
            if actor is not None:
                look(session, actor)
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
            return _stream(database, result, organization_id)
        response = result if isinstance(result, ResponseWith) else ResponseWith(result)
        session.flush()
        value = response.value
        if dump is not None and not isinstance(value, Dumped):
            value = dump(value)
        content = b"" if value is None else orjson.dumps(value)
        status = response.status or route.status
        headers = {**_headers(route, call, value, status), **response.headers}
        entry = record_success(session, route, actor, call, value)
        failpoint("request.after_audit")
        if keyed is not None and status < 300:
            keyed.keep(session, status, content, entry)
        failpoint("request.before_commit")
        return _json(content, status, headers)

    failpoint("request.before_begin")
    response = database.run(work, organization_id, [*spent, *repeated])
    failpoint("request.after_commit")
    response.call_on_close(partial(failpoint, "request.after_answer"))
    return response


def _replayed(
    session: Session, route: Route, actor: Caller | None, call: Mapping[str, Any], stored: Stored, sight: Sight
) -> Response:
    """The first answer to a request that is repeated with its key."""
    again = orjson.loads(stored.body) if stored.body else None
    sight.ensure(session, actor, call, again or {})
    record_replay(session, route, actor, call, stored.about)
    headers = {"Idempotency-Replayed": "true", **_headers(route, call, again, stored.status)}
    return _json(stored.body, stored.status, headers)


def _stream(database: Database, streamed: Streamed, organization_id: UUID | None) -> Response:
    content = streamed.content(lambda work: database.run(work, organization_id))
    disposition = f'attachment; filename="{streamed.file_name}"'
    return Response(content, content_type=streamed.content_type, headers={"Content-Disposition": disposition})


def _headers(route: Route, call: Mapping[str, Any], value: Any, status: int) -> dict[str, str]:
    """What the answer `value` says of the thing's version, and where what came to be is read."""
    headers = {}
    if isinstance(value, dict):
        if isinstance(value.get("version"), int):
            headers["ETag"] = f'"{value["version"]}"'
        if route.makes is not None and status in (201, 202):
            made = {**value, **call}
            headers["Location"] = PLACEHOLDER.sub(lambda name: str(made.get(name[1], value.get("id"))), route.makes)
    return headers


def _json(content: bytes, status: int, headers: dict[str, str]) -> Response:
    if not content:
        return Response(status=204 if status == 200 else status, headers=headers)
    return Response(content, status=status, headers=headers, content_type="application/json")
