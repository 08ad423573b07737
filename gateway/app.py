"""The gateway's WSGI application: one URL rule per row of the two route tables, one frame around every request."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from flask import Flask, Response, current_app, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, RequestURITooLarge
from werkzeug.exceptions import NotFound as NoRoute

from gateway import operations
from gateway.api import page, proxy
from gateway.config import Settings
from gateway.connections import CONNECTIONS
from gateway.edge.door import Door
from gateway.entrance import held, refused, visitor
from gateway.route_table.api import ROUTE_TABLE
from gateway.route_table.pages import DOCUMENTS
from gateway.route_table.row import PREFIX, Row
from gateway.web import app as web
from shared import clock, logs
from shared.errors import Refusal
from shared.ids import new_id
from shared.settings import Environment
from shared.web import errors, metrics

URL_CHARACTERS_MAX: Final = 2048
COME_BACK: Final = (429, 503)  # these carry Retry-After: the service's own, else `WAIT_SECONDS`
WAIT_SECONDS: Final = "1"
_PLACEHOLDER = re.compile(r"{(\w+)}")
_METHODS: Final = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
_CANONICAL = re.compile(r"^(/[A-Za-z0-9._-]+)+$|^/$")

SECURITY_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}


def create_app(environment: Environment | None = None) -> Flask:
    """The WSGI application, from the process's environment unless another is given."""
    environment = environment or Environment.of_process()
    clock.follow(environment)
    settings = Settings.load(environment)
    logs.configure("gateway", settings.log_level)
    door = Door(settings)
    app = Flask("gateway", static_folder=None)
    app.url_map.strict_slashes = True
    app.url_map.merge_slashes = False
    for row in ROUTE_TABLE:
        _add(app, row, PREFIX + row.path, proxy.view_of(door, row, settings.trusted_proxies))
    for row in DOCUMENTS:
        _add(app, row, row.path, _limited(door, settings.trusted_proxies, page.VIEWS[row.audit]))
    web.add_to(app, door, settings.trusted_proxies, settings.public_url)
    operations.add_to(app, door, settings)
    app.register_error_handler(HTTPException, _framework_problem)
    app.register_error_handler(Exception, _fault)
    app.before_request(_begin)
    app.after_request(_finish)
    app.wsgi_app = metrics.measured(app.wsgi_app, "gateway")  # type: ignore[method-assign]  # Flask wraps it so
    return app


def _add(app: Flask, row: Row, path: str, view: Callable[..., Response]) -> None:
    app.add_url_rule(
        _PLACEHOLDER.sub(r"<string:\1>", path),
        endpoint=row.name,
        view_func=view,
        methods=[row.method],
        provide_automatic_options=False,
    )


def _limited(door: Door, trusted_proxies: int, show: Callable[[], Response]) -> Callable[[], Response]:
    """A page for anybody, within the limits of an address."""

    def view() -> Response:
        try:
            done = door.look_around(visitor(trusted_proxies))
        except Refusal as refusal:
            return refused(refusal)
        return held(done, show)

    return view


def _begin() -> None:
    logs.request_id.set(str(new_id()))
    request.environ["caseload.started"] = clock.monotonic()
    CONNECTIONS.begin(request.environ)
    raw = request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI") or request.path
    if len(raw) > URL_CHARACTERS_MAX:
        raise RequestURITooLarge()
    # One spelling per address: nothing encoded, doubled or dotted may name the same thing a second way.
    if not _CANONICAL.match(raw.partition("?")[0]) or "/." in raw.partition("?")[0].removeprefix("/.well-known/"):
        raise NoRoute()
    if request.method not in _METHODS:
        if not _allowed():
            raise NoRoute()
        raise MethodNotAllowed(valid_methods=_allowed())


def _finish(response: Response) -> Response:
    response.headers["X-Request-Id"] = logs.request_id.get() or ""
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "no-store")
    if response.status_code in COME_BACK:
        response.headers.setdefault("Retry-After", WAIT_SECONDS)
    response.headers.pop("Server", None)
    started = request.environ.get("caseload.started", clock.monotonic())
    logs.get().info(
        "request",
        method=request.method if request.method in _METHODS else "OTHER",
        route=request.endpoint or "",
        status=response.status_code,
        milliseconds=round((clock.monotonic() - started) * 1000, 1),
    )
    return response


def _allowed() -> list[str]:
    """The methods that this address takes, by the route tables."""
    adapter = current_app.create_url_adapter(request)
    return sorted(set(adapter.allowed_methods()) if adapter else ())


def _framework_problem(error: HTTPException) -> Response:
    return web.framework_problem(error) if web.wants_page() else errors.http_problem(error)


def _fault(error: Exception) -> Response:
    logs.get().error("request_failed", route=request.endpoint or "", error=error)
    return web.fault() if web.wants_page() else errors.fault()
