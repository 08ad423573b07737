"""The one way in, in an order that never changes: limits → who → may they → concurrency → token → send.

Free of the web framework: the JSON proxy and server-rendered pages ask the same rows through the same steps. What
comes in is dropped unless it is on the list of what passes.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType
from typing import Final

import orjson

from gateway.config import Settings
from gateway.edge.addresses import key_of, network_of
from gateway.edge.bodies import Body
from gateway.edge.denials import Denials
from gateway.edge.intake import Intake
from gateway.edge.limits import ConcurrencyLimit, OverLimit, Quota, RateLimit, TooManyAtOnce
from gateway.edge.proofs import VersionRequired, may_name
from gateway.edge.sessions import Session, Sessions
from gateway.edge.upstream import BulkheadFull, StreamedResponse, Upstream, UpstreamResponse
from gateway.route_table.row import Row
from shared import clock, logs
from shared.actor import Caller
from shared.errors import Forbidden, Unauthenticated
from shared.failpoints import failpoint
from shared.keys.actor_token import HEADER, SAFE_METHODS, TokenMaker
from shared.permissions import PUBLIC
from shared.web.spool import Content, digest_of

PASS_IN: Final = ("Content-Type", "Accept", "If-Match", "Idempotency-Key")
WAITING_PER_ACCOUNT_MAX: Final = 50
WAITING_ANONYMOUS_MAX: Final = 50
SIGN_UPS_AT_ONCE: Final = 2
SLOT_WAIT_SECONDS: Final = 5.0
PROVED_FOR: Final = timedelta(minutes=5)
PROBLEM_TYPE: Final = "application/problem+json"
# What a service answers to a failed sign-in. Other refusals are steps on the way, or things that are out of date.
FAILED_SIGN_IN_CODES: Final = frozenset(
    {"bad_credentials", "bad_second_factor", "bad_passkey", "bad_client_credentials"}
)


class SecondFactorSetUpRequired(Forbidden):
    """The organization demands a second factor, and this session began without one."""

    code = "second_factor_setup_required"
    detail = "Your organization wants a second factor. Set one up: POST /me/totp, or POST /me/passkeys/options."


class ReauthenticationNeeded(Unauthenticated):
    """A signature, or what lets somebody in, in a browser whose person has not proved who they are for five minutes."""

    code = "reauthentication_needed"
    detail = "Enter your password again, or use your passkey: POST /sessions/current/authenticate."


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who stands at the door: an address, and the `Authorization` header or the browser's cookie where there is one.

    `device`: what the browser keeps of earlier sign-ins, as well-formed as identity made it.
    `in_use` is false when a page refreshes itself: that may only let a session lie idle sooner.
    """

    address: str
    authorization: str | None = None
    cookie: str | None = None
    device: str | None = None
    in_use: bool = True


@dataclass(frozen=True, slots=True)
class Call:
    """One request for one row: `path` and `query` as the service gets them, the body, the ids that the path names."""

    method: str
    path: str
    body: Body
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    ids: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Passed:
    """An answer on its way out. Call `done` once the client has taken it: until then the account's slot is held."""

    response: UpstreamResponse | StreamedResponse
    quota: Quota
    done: Callable[[], None]


class Door:
    """Limits, sessions, denials and the four services behind them."""

    def __init__(self, settings: Settings) -> None:
        self.tokens = TokenMaker(settings.signing_key)
        self.upstreams = {
            name: Upstream(name, url, settings.at_once_per_upstream) for name, url in settings.upstreams.items()
        }
        # Apart from the requests that people send there, signed in or not: being signed in must not depend on those.
        own = Upstream("identity sessions", settings.sessions, settings.at_once_per_upstream)
        self._sessions = Sessions(own, self.tokens, unknown_at_once=max(1, settings.at_once_per_upstream // 2))
        self._denials = Denials(own, self.tokens)
        self._per_account = RateLimit("account", settings.per_account)
        self._per_address = RateLimit("address", settings.per_address)
        self._failed_sign_ins = RateLimit("failed sign-ins", settings.failed_sign_ins_per_address)
        self._sign_ups = RateLimit("sign-ups", settings.sign_ups_per_address)
        self._account_slots = ConcurrencyLimit(
            settings.at_once_per_account, waiting_max=WAITING_PER_ACCOUNT_MAX, wait_seconds=SLOT_WAIT_SECONDS
        )
        self._anonymous_slots = ConcurrencyLimit(settings.anonymous_at_once_per_address)
        self._intake = Intake()
        # Judging a password costs processor time, also a stranger's. Founding a practice waits rather than signing in.
        self._founding, self._strangers = (
            ConcurrencyLimit(most, waiting_max=WAITING_ANONYMOUS_MAX, wait_seconds=SLOT_WAIT_SECONDS)
            for most in (SIGN_UPS_AT_ONCE, settings.anonymous_at_once)
        )

    def pass_through(self, row: Row, call: Call, visitor: Visitor) -> Passed:
        """All steps for one request from outside.

        Raises `OverLimit`, `TooManyAtOnce`, `Unauthenticated`, `Forbidden`, `TooLarge`, `TooSlow`, `Unparsable`,
        `UnsupportedMedia` and `Unavailable`.
        """
        quota = self.knock(visitor)
        if row.permission == PUBLIC:
            return self._ask_anonymously(row, call, visitor, quota)
        session = self._sessions.of_bearer(visitor.authorization, row, in_use=visitor.in_use)
        return self.ask(session, row, call, visitor)

    def enter(self, row: Row, ids: Mapping[str, str], visitor: Visitor) -> Session:
        """Let a person's browser have a page: the steps from limits to "may they".

        Raises `OverLimit`, `Unauthenticated`, `Forbidden` and `Unavailable`.
        """
        self.knock(visitor)
        session = self._sessions.of_cookie(visitor.cookie, row, in_use=visitor.in_use)
        self._ensure_may(session.actor, row, ids, visitor)
        return session

    def knock(self, visitor: Visitor) -> Quota:
        """Count one request of this address; raises `OverLimit`."""
        return self._per_address.take(key_of(visitor.address))

    def look_around(self, visitor: Visitor) -> Callable[[], None]:
        """Let anybody have a page of the gateway's own; returns what to call when they have taken it.

        Raises `OverLimit`, `TooManyAtOnce`.
        """
        self.knock(visitor)
        with contextlib.ExitStack() as under_way:
            under_way.enter_context(self._anonymous_slots.slot(key_of(visitor.address)))
            return under_way.pop_all().close

    def forget(self, visitor: Visitor) -> None:
        """The visitor's cookie has just ended, here: identity is asked again at once."""
        self._sessions.forget_cookie(visitor.cookie or "")

    def ask(self, session: Session, row: Row, call: Call, visitor: Visitor) -> Passed:
        """Ask one row for somebody whose session is known: the steps from "may they" on."""
        actor = session.actor
        account = f"{actor.organization_id}/{actor.actor_id}"
        quota = self._per_account.take(account)
        self._ensure_may(actor, row, call.ids, visitor)
        proved_at = session.authenticated_at
        if row.seen and proved_at is not None and "If-Match" not in call.headers:
            raise VersionRequired()
        proof_is_old = proved_at is not None and clock.now() - proved_at > PROVED_FOR
        if proof_is_old and row.proves:
            raise self._proof_wanted(actor, row, call, visitor)
        with contextlib.ExitStack() as under_way:
            under_way.enter_context(self._account_slots.slot(f"{account} {row.service}", account))
            # A body is read after the question who sends it, and counts as one of their requests while it comes.
            with self._intake.content(row, call.body) as content:
                if proof_is_old and row.proves_for and may_name(row, call.query, content):
                    raise self._proof_wanted(actor, row, call, visitor)
                response = self._send(row, call, actor, visitor, content)
            return _passed(response, quota, under_way)

    @contextlib.contextmanager
    def form(self, session: Session | None, row: Row, body: Body) -> Iterator[Content]:
        """What a page's form sent. One with a file takes one of the places that the account has for files.

        Raises as reading a body, `TooManyAtOnce` and `BulkheadFull`.
        """
        with contextlib.ExitStack() as places:
            if row.file and session is not None:
                account = f"{session.actor.organization_id}/{session.actor.actor_id}"
                places.enter_context(self._account_slots.slot(f"{account} {row.service}", account))
            yield places.enter_context(self._intake.content(row, body))

    def _ensure_may(self, actor: Caller, row: Row, ids: Mapping[str, str], visitor: Visitor) -> None:
        if row.permission in actor.permissions:
            return
        self._denials.note(actor, row, ids, network_of(visitor.address), Forbidden.code)
        if actor.enrolling:
            raise SecondFactorSetUpRequired()
        raise Forbidden.without(row.permission)

    def _proof_wanted(self, actor: Caller, row: Row, call: Call, visitor: Visitor) -> ReauthenticationNeeded:
        """The refusal of somebody whose proof is old; it stands in the audit trail."""
        self._denials.note(actor, row, call.ids, network_of(visitor.address), ReauthenticationNeeded.code)
        return ReauthenticationNeeded()

    def _ask_anonymously(self, row: Row, call: Call, visitor: Visitor, quota: Quota) -> Passed:
        """A request that anybody may send; limited by address."""
        key = key_of(visitor.address)
        with contextlib.ExitStack() as under_way:
            under_way.enter_context(self._anonymous_slots.slot(key))
            if row.signs_up:
                quota = self._sign_ups.take(key)
            # Counted by row besides: a program with a wrong secret keeps nobody at its address from signing in.
            sign_ins = f"{key} {row.path}"
            known_only = row.counts_failed_sign_ins and self._only_known_devices(sign_ins, visitor)
            body = call.body.read_announced(row.body_bytes_max)
            with self._lane(row):
                response = self._send(row, call, None, visitor, body, known_devices_only=known_only)
            if row.counts_failed_sign_ins and _is_failed_sign_in(response):
                with contextlib.suppress(OverLimit):  # several at once came through the check
                    self._failed_sign_ins.take(sign_ins)
            return _passed(response, quota, under_way)

    def _only_known_devices(self, sign_ins: str, visitor: Visitor) -> bool:
        """Whether sign-ins from there are over: then a browser may still try an account that it is known to.

        Raises `OverLimit` for anybody else. Which browser is known, identity says before it judges a password.
        """
        try:
            self._failed_sign_ins.check(sign_ins)
        except OverLimit:
            if visitor.device is None:
                raise
            return True
        return False

    @contextlib.contextmanager
    def _lane(self, row: Row) -> Iterator[None]:
        """A place among all strangers while a service works for one; raises `BulkheadFull`.

        Given back as soon as the service has answered: who takes the answer slowly keeps nobody from signing in.
        """
        with contextlib.ExitStack() as places:
            try:
                if row.signs_up:
                    places.enter_context(self._founding.slot(row.service))
                places.enter_context(self._strangers.slot(row.service))
            except TooManyAtOnce as error:
                raise BulkheadFull(retry_after_seconds=1) from error
            yield

    def _send(
        self,
        row: Row,
        call: Call,
        actor: Caller | None,
        visitor: Visitor,
        body: Content,
        *,
        known_devices_only: bool = False,
    ) -> UpstreamResponse | StreamedResponse:
        write = None if call.method in SAFE_METHODS else (call.method, call.path, digest_of(body))
        headers = {name: value for name in PASS_IN if (value := call.headers.get(name)) is not None}
        headers["X-Request-Id"] = logs.request_id.get() or ""
        headers[HEADER] = self._sessions.token_for(
            row.service, actor, write, visitor.address, visitor.device, known_devices_only=known_devices_only
        )
        target = f"{call.path}?{call.query}" if call.query else call.path
        upstream = self.upstreams[row.service]
        if call.method == "GET":
            return upstream.get(target, headers, read_seconds=row.read_seconds, streams=row.streams)
        response = upstream.send(call.method, target, headers, body, read_seconds=row.read_seconds)
        failpoint("gateway.after_answer")
        return response


def _passed(response: UpstreamResponse | StreamedResponse, quota: Quota, under_way: contextlib.ExitStack) -> Passed:
    if isinstance(response, StreamedResponse):
        under_way.callback(response.pieces.close)
    return Passed(response, quota, under_way.pop_all().close)


def _is_failed_sign_in(response: UpstreamResponse | StreamedResponse) -> bool:
    if isinstance(response, StreamedResponse) or PROBLEM_TYPE not in (response.headers.get("Content-Type") or ""):
        return False
    with contextlib.suppress(orjson.JSONDecodeError):
        problem = orjson.loads(response.body)
        return isinstance(problem, dict) and problem.get("code") in FAILED_SIGN_IN_CODES
    return False
