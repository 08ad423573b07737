"""The gateway's WSGI application: one URL rule per row of the route table, one path for every request.

The order never changes: route, limits, size, who, may they, forward. What comes in is dropped unless it is on the
list of what passes; so is what comes back.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from typing import Any, Final

import orjson
from flask import Flask, Response, current_app, redirect, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, RequestURITooLarge
from werkzeug.exceptions import NotFound as NoRoute

from gateway import api_page
from gateway.access import Access
from gateway.addresses import key_of, network_of
from gateway.config import Settings
from gateway.denials import Denials
from gateway.limits import AtOnce, OverLimit, Quota, RateLimit
from gateway.patient_worker import BODY_BYTES_GATHERED_MAX
from gateway.route_table import PREFIX, PUBLIC, ROUTE_TABLE, Row
from gateway.upstream import StreamedAnswer, Upstream, UpstreamAnswer
from shared import clock, logs
from shared.actor import Actor
from shared.errors import Forbidden, Refusal, TooLarge, Unparsable, UnsupportedMedia
from shared.ids import new_id
from shared.keys.actor_token import HEADER, SAFE_METHODS, TokenMaker
from shared.permissions import ENROLLING
from shared.settings import Environment
from shared.web import errors, metrics

PASS_IN: Final = ("Content-Type", "Accept", "If-Match", "Idempotency-Key")
PASS_BACK: Final = (
    "Content-Type",
    "Content-Disposition",
    "ETag",
    "Location",
    "Retry-After",
    "Idempotency-Replayed",
    "WWW-Authenticate",
)
URL_CHARACTERS_MAX: Final = 2048
AWAITED_BODIES_MAX: Final = 16
READY_SECONDS: Final = 1.0
DRAIN_BYTES_MAX: Final = 8 * 1024 * 1024
# What a page sends when it refreshes itself: it may only let a session lie idle sooner, never later.
BACKGROUND: Final = "Caseload-Background"
COME_BACK: Final = (429, 503)  # with these it is said when, by whoever knows best
WAIT_SECONDS: Final = "1"
# What a service answers to a wrong guess. Other refusals are steps on the way, or things that are out of date.
WRONG_GUESSES: Final = frozenset({"bad_credentials", "bad_second_factor", "bad_passkey", "bad_client_credentials"})
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


class SecondFactorSetUpRequired(Forbidden):
    """The organization wants a second factor, and this session was begun without one."""

    code = "second_factor_setup_required"
    detail = "Your organization wants a second factor. Set one up: POST /me/totp, or POST /me/passkeys/options."


class Gateway:
    """What every request needs."""

    def __init__(self, settings: Settings) -> None:
        tokens = TokenMaker(settings.signing_key)
        self.settings = settings
        self.tokens = tokens
        self.upstreams = {
            name: Upstream(name, url, settings.at_once_per_upstream) for name, url in settings.upstreams.items()
        }
        # Apart from what people and strangers send there: who is signed in must not depend on it.
        own = Upstream("identity", settings.upstreams["identity"], settings.at_once_per_upstream)
        self.access = Access(own, tokens, unknown_at_once=max(1, settings.at_once_per_upstream // 2))
        self.denials = Denials(own, tokens)
        self.per_account = RateLimit("account", settings.per_account)
        self.per_address = RateLimit("address", settings.per_address)
        self.failed_sign_ins = RateLimit("failed sign-ins", settings.failed_sign_ins_per_address)
        self.sign_ups = RateLimit("sign-ups", settings.sign_ups_per_address)
        self.at_once = AtOnce(settings.at_once_per_account)
        self.at_once_strangers = AtOnce(settings.at_once_per_stranger)
        self.awaited_bodies = AtOnce(AWAITED_BODIES_MAX)
        self._ready: tuple[float, list[str]] = (float("-inf"), [])

    def waiting_for(self) -> list[str]:
        """The services that can not serve just now; asked at most once a second."""
        if clock.monotonic() - self._ready[0] > READY_SECONDS:
            self._ready = (
                clock.monotonic(),
                [name for name, one in self.upstreams.items() if not one.ready()],
            )
        return self._ready[1]


def create_app(environment: Environment | None = None) -> Flask:
    """The WSGI application, from the process's environment unless another is given."""
    settings = Settings.load(environment or Environment.of_process())
    logs.configure("gateway", settings.log_level)
    gateway = Gateway(settings)
    app = Flask("gateway", static_folder=None)
    app.url_map.strict_slashes = True
    app.url_map.merge_slashes = False
    for row in ROUTE_TABLE:
        app.add_url_rule(
            _PLACEHOLDER.sub(r"<string:\1>", PREFIX + row.path),
            endpoint=f"{row.method} {row.path}",
            view_func=_view(gateway, row),
            methods=[row.method],
            provide_automatic_options=False,
        )
    _add_operations(app, gateway)
    app.register_error_handler(HTTPException, errors.http_problem)
    app.register_error_handler(Exception, _fault)
    app.before_request(_begin)
    app.after_request(_finish)
    app.wsgi_app = metrics.measured(app.wsgi_app, "gateway")  # type: ignore[method-assign]
    return app


def _begin() -> None:
    logs.request_id.set(str(new_id()))
    request.environ["caseload.started"] = clock.monotonic()
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
    """The methods that this address takes, by the route table."""
    adapter = current_app.create_url_adapter(request)
    return sorted(set(adapter.allowed_methods()) if adapter else ())


def _view(gateway: Gateway, row: Row) -> Callable[..., Response]:
    def view(**_path: str) -> Response:
        if request.method != row.method:  # werkzeug adds HEAD to GET; the table names methods one by one
            raise MethodNotAllowed(valid_methods=_allowed())
        try:
            return _forward(gateway, row)
        except OverLimit as refusal:
            response = errors.problem(refusal)
            response.headers.update(refusal.quota.headers())
            return response
        except Refusal as refusal:
            return errors.problem(refusal)

    return view


def _forward(gateway: Gateway, row: Row) -> Response:
    address = _client_address(gateway.settings.trusted_proxies)
    quota = gateway.per_address.take(key_of(address))
    if row.permission == PUBLIC:
        return _forward_strangers(gateway, row, key_of(address), quota)
    in_use = request.headers.get(BACKGROUND) != "true"
    actor = gateway.access.actor_for(request.headers.get("Authorization"), row, in_use=in_use)
    account = f"{actor.organization_id}/{actor.staff_id}"
    quota = gateway.per_account.take(account)
    if row.permission not in actor.permissions:
        gateway.denials.note(actor, row, dict(request.view_args or {}), network_of(address))
        if ENROLLING in actor.levels:
            raise SecondFactorSetUpRequired()
        raise Forbidden(f"This needs the permission {row.permission}.")
    # The body comes after the question who sends it: waiting for one costs a thread.
    with contextlib.ExitStack() as under_way:
        under_way.enter_context(gateway.at_once.one_more(account))
        response = _send(gateway, row, actor, _read_awaited_body(gateway, row))
        _until_written(response, under_way)
    response.headers.update(quota.headers())
    return response


def _until_written(response: Response, under_way: contextlib.ExitStack) -> None:
    """What is under way stays so until the answer has gone out: who does not read it holds a thread."""
    response.call_on_close(under_way.pop_all().close)


def _forward_strangers(gateway: Gateway, row: Row, key: str, quota: Quota) -> Response:
    """What anybody may send; `key` tells whose address it is. Raises `OverLimit`, `TooManyAtOnce` and as `_send`."""
    with contextlib.ExitStack() as under_way:
        under_way.enter_context(gateway.at_once_strangers.one_more(key))
        if row.signs_up:
            quota = gateway.sign_ups.take(key)
        # Counted by row besides: a program with a wrong secret keeps nobody at its address from signing in.
        guesses = f"{key} {row.path}"
        if row.takes_guesses:
            gateway.failed_sign_ins.check(guesses)
        response = _send(gateway, row, None, _read_strangers_body(row))
        if row.takes_guesses and _is_wrong_guess(response):
            with contextlib.suppress(OverLimit):  # several at once came through the check
                gateway.failed_sign_ins.take(guesses)
        _until_written(response, under_way)
    response.headers.update(quota.headers())
    return response


def _is_wrong_guess(response: Response) -> bool:
    if response.mimetype != errors.PROBLEM_TYPE:
        return False
    try:
        problem = orjson.loads(response.get_data())
    except orjson.JSONDecodeError:
        return False
    return isinstance(problem, dict) and problem.get("code") in WRONG_GUESSES


def _send(gateway: Gateway, row: Row, actor: Actor | None, body: bytes) -> Response:
    write = None if request.method in SAFE_METHODS else (request.method, request.path, body)
    headers = {name: value for name in PASS_IN if (value := request.headers.get(name)) is not None}
    headers["X-Request-Id"] = logs.request_id.get() or ""
    network = network_of(_client_address(gateway.settings.trusted_proxies))
    headers[HEADER] = gateway.access.token_for(row.service, actor, write, network)
    query = request.query_string.decode("latin-1")
    target = f"{request.path}?{query}" if query else request.path
    upstream = gateway.upstreams[row.service]
    if row.streams:
        return _answer(upstream.stream(target, headers, read_seconds=row.read_seconds))
    return _answer(upstream.send(request.method, target, headers, body, read_seconds=row.read_seconds))


def _read_strangers_body(row: Row) -> bytes:
    """A body from somebody unknown: its length must be told and right, for then it is here already."""
    if request.content_length is None and request.headers.get("Transfer-Encoding"):
        raise Unparsable("Send the body with its Content-Length.")
    if (request.content_length or 0) > row.body_bytes_max:
        raise TooLarge(f"Send at most {row.body_bytes_max} bytes.")
    return _read_body(row)


def _read_awaited_body(gateway: Gateway, row: Row) -> bytes:
    """A body that is not here yet holds a thread while it comes: of all people together so many at once."""
    length = request.content_length
    if request.headers.get("Transfer-Encoding") is None and (length or 0) <= BODY_BYTES_GATHERED_MAX:
        return _read_body(row)
    with gateway.awaited_bodies.one_more("all"):
        return _read_body(row)


def _read_body(row: Row) -> bytes:
    if request.headers.get("Content-Encoding"):
        raise UnsupportedMedia("Send the body without content encoding.")
    body = request.stream.read(row.body_bytes_max + 1)
    if len(body) > row.body_bytes_max:
        _drain()
        raise TooLarge(f"Send at most {row.body_bytes_max} bytes.")
    return body


def _drain() -> None:
    """Read a bounded rest, so that whoever is still sending gets to read the refusal instead of a broken pipe."""
    left = DRAIN_BYTES_MAX
    while left > 0 and (chunk := request.stream.read(min(left, 64 * 1024))):
        left -= len(chunk)


def _client_address(trusted_proxies: int) -> str:
    """The address of who asks; behind proxies of ours, the one that the outermost of them saw."""
    if trusted_proxies:
        seen = [one.strip() for one in request.headers.get("X-Forwarded-For", "").split(",") if one.strip()]
        if len(seen) >= trusted_proxies:
            return seen[-trusted_proxies]
    return request.remote_addr or ""


def _answer(answer: UpstreamAnswer | StreamedAnswer) -> Response:
    if answer.status >= 500 and answer.status != 503:
        # What went wrong is in the service's log under this request's id; nobody outside learns more.
        return errors.fault()
    if isinstance(answer, StreamedAnswer):
        response = Response(iter(answer.pieces), status=answer.status)
        response.call_on_close(answer.pieces.close)
    else:
        response = Response(answer.body, status=answer.status)
    response.headers.pop("Content-Type", None)
    for name in PASS_BACK:
        if (value := answer.headers.get(name)) is not None:
            response.headers[name] = value
    return response


def _add_operations(app: Flask, gateway: Gateway) -> None:
    @app.get("/")
    def home() -> Any:
        return redirect(f"{PREFIX}/docs", code=302)

    @app.get("/healthz")
    def healthz() -> Response:
        return Response('{"status":"alive"}', content_type="application/json")

    @app.get("/readyz")
    def readyz() -> Response:
        waiting = gateway.waiting_for()
        body = orjson.dumps({"status": "waiting" if waiting else "ready", "waiting_for": waiting})
        return Response(body, status=503 if waiting else 200, content_type="application/json")

    @app.get("/metrics")
    def prometheus() -> Response:
        own_port = gateway.settings.metrics_port
        if own_port and request.environ.get("SERVER_PORT") != str(own_port):
            raise NoRoute()  # the public port tells nobody how much is going on
        return metrics.exposition()

    @app.get("/.well-known/jwks.json")
    def jwks() -> Response:
        content = orjson.dumps(gateway.tokens.jwks())
        headers = {"Cache-Control": "public, max-age=5"}
        return Response(content, content_type="application/jwk-set+json", headers=headers)

    api_page.add_to(app, PREFIX, lambda page: _limited(gateway, page))


def _limited(gateway: Gateway, page: Callable[[], Response]) -> Callable[[], Response]:
    """The gateway's own pages are large and for everybody: an address has them as it has other public requests."""

    def view() -> Response:
        key = key_of(_client_address(gateway.settings.trusted_proxies))
        try:
            gateway.per_address.take(key)
            with contextlib.ExitStack() as under_way:
                under_way.enter_context(gateway.at_once_strangers.one_more(key))
                response = page()
                _until_written(response, under_way)
        except Refusal as refusal:
            return errors.problem(refusal)
        return response

    return view


def _fault(error: Exception) -> Response:
    logs.get().error("request_failed", route=request.endpoint or "", error=error)
    return errors.fault()
