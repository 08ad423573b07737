"""A service's web process: the Flask application with its routes, `/healthz`, `/readyz` and `/metrics`.

What happens to a request is in `shared.web.edge`, and inside its transaction in `shared.web.transaction`.
"""

from __future__ import annotations

from collections.abc import Sequence

import orjson
from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from shared import logs
from shared.database.session import Database
from shared.keys.actor_token import TokenVerifier
from shared.keys.public import PublicKeys
from shared.web import errors, metrics
from shared.web.callers import ensure_handler_fits
from shared.web.cursors import CursorKey
from shared.web.days import Today, ensure_days_are_compared
from shared.web.edge import Edge, view_of
from shared.web.merged_clients import KnownClients
from shared.web.replays import Sight
from shared.web.routes import PLACEHOLDER, Route


def build_application(
    service: str,
    database: Database,
    public_keys: PublicKeys,
    routes: Sequence[Route],
    cursors: CursorKey,
    today: Today | None = None,
    clients: KnownClients | None = None,
) -> Flask:
    """The WSGI application of `service` with these routes, `/healthz`, `/readyz` and `/metrics`.

    `cursors` seals the cursors of its lists. `today` says what day it is at a practice, for bodies with days that must
    have come. `clients`: the clients whom the service knows, of whom some may be merged.
    Raises `TypeError` for a handler that does not take those who may ask, and for a day that nothing would compare.
    """
    app = Flask(service, static_folder=None)
    app.url_map.strict_slashes = True
    app.url_map.merge_slashes = False
    app.config["MAX_CONTENT_LENGTH"] = max(route.body_bytes_max for route in routes)
    app.extensions["caseload_routes"] = tuple(routes)
    app.extensions["caseload_database"] = database
    ensure_days_are_compared(routes, today)
    edge = Edge(database, TokenVerifier(service, public_keys), cursors, today, clients)
    for route in routes:
        ensure_handler_fits(route)
        app.add_url_rule(
            PLACEHOLDER.sub(r"<string:\1>", route.path),
            endpoint=route.name,
            view_func=view_of(edge, route, Sight.of(route, routes)),
            methods=[route.method],
            provide_automatic_options=False,
        )
    _add_operations(app, database)
    app.register_error_handler(HTTPException, errors.http_problem)
    app.register_error_handler(Exception, _fault)
    app.wsgi_app = metrics.measured(app.wsgi_app, service)  # type: ignore[method-assign]  # Flask wraps it so
    return app


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
