"""Who asks, and may they: the access token's session from identity, remembered for a few seconds.

A revocation or a change of permissions is in force when the memory runs out: at most `REMEMBER_SECONDS` later, with or
without the bus. While identity is away, people who were signed in go on reading and signing for a minute. That the
gateway's own slots are taken is no such time: identity is there, and might have news.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson
from cachetools import LRUCache, TTLCache

from gateway.edge.addresses import key_of, network_of
from gateway.edge.upstream import SLOT_WAIT_SECONDS, BulkheadFull, Upstream
from gateway.route_table.row import Row
from shared import clock
from shared.actor import Caller
from shared.actor_slugs import caller_of
from shared.errors import Unauthenticated, Unavailable
from shared.keys.actor_token import GATEWAY, LIFETIME_SECONDS, TokenMaker, body_digest

REMEMBER_SECONDS: Final = 3.0
REMEMBER_REFUSAL_SECONDS: Final = 1.0
GRACE_SECONDS: Final = 60.0
REMEMBERED_MAX: Final = 10_000
READ_TOKEN_SECONDS: Final = LIFETIME_SECONDS - 10
TOKEN_CHARACTERS_MAX: Final = 200
ASK_SECONDS: Final = 3.0
RESOLVE: Final = "/internal/sessions/resolve"
# What goes on while identity is away: looking, and finishing the documentation of a session that took place.
GRACE_PERMISSIONS: Final = frozenset({"notes:sign"})


class IdentityAway(Unavailable):
    """Identity cannot be reached, or fails."""


@dataclass(frozen=True, slots=True)
class _Presented:
    """A token that came with a request."""

    token: str
    cookie: bool
    in_use: bool

    @property
    def possible(self) -> bool:
        """Whether it could be a token of ours."""
        return bool(self.token) and len(self.token) <= TOKEN_CHARACTERS_MAX and self.token.isascii()

    @property
    def digest(self) -> bytes:
        """By what it is remembered: a cookie apart from a bearer token."""
        return hashlib.sha256(f"{'cookie' if self.cookie else 'bearer'} {self.token}".encode()).digest()

    @property
    def question(self) -> bytes:
        """What identity is asked. What it takes for granted is left out, for the release before."""
        facts: dict[str, Any] = {"access_token": self.token}
        if self.cookie:
            facts["cookie"] = True
        if not self.in_use:
            facts["in_use"] = False
        return orjson.dumps(facts)


_ReadTokenKey = tuple[str, str, Caller | None, str | None]


def _seconds() -> float:
    """The clock that says when something is forgotten; asked by name each time, so that tests can move it."""
    return clock.monotonic()


@dataclass(frozen=True, slots=True)
class Session:
    """Who asks. `authenticated_at`: when the person of a browser last proved who they are; None for a bearer token."""

    actor: Caller
    authenticated_at: datetime | None = None


@dataclass(slots=True)
class _Remembered:
    session: Session
    asked_at: float
    in_use: bool  # whether identity was told that a person asks


class Sessions:
    """The sessions behind access tokens, remembered for seconds."""

    def __init__(self, identity: Upstream, tokens: TokenMaker, unknown_at_once: int) -> None:
        """Only `unknown_at_once` of the slots at `identity` are for tokens that nobody was known by yet."""
        self._identity = identity
        self._unknown = threading.BoundedSemaphore(unknown_at_once)
        self._tokens = tokens
        self._lock = threading.Lock()
        # Apart, so that no number of made-up tokens makes the gateway forget who is signed in.
        self._sessions: LRUCache[bytes, _Remembered] = LRUCache(REMEMBERED_MAX)
        self._refused: TTLCache[bytes, bool] = TTLCache(REMEMBERED_MAX, REMEMBER_REFUSAL_SECONDS, _seconds)
        self._read_tokens: TTLCache[_ReadTokenKey, str] = TTLCache(REMEMBERED_MAX, READ_TOKEN_SECONDS, _seconds)

    def of_bearer(self, authorization: str | None, row: Row, *, in_use: bool = True) -> Session:
        """The person or program that asks; raises `Unauthenticated`, `Unavailable`. Whether they may is asked next.

        `in_use` False: the page refreshes itself, nobody is there; their session lies idle all the same.
        """
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer":
            raise Unauthenticated()
        return self._session(_Presented(token, cookie=False, in_use=in_use), row)

    def of_cookie(self, sid: str | None, row: Row, *, in_use: bool = True) -> Session:
        """The person at a browser, by its cookie; as `of_bearer`. A cookie is no bearer token, nor the reverse."""
        return self._session(_Presented(sid or "", cookie=True, in_use=in_use), row)

    def forget_cookie(self, sid: str) -> None:
        """Somebody signed out here, or has another cookie now: this one is not believed for its last seconds either."""
        with self._lock:
            self._sessions.pop(_Presented(sid, cookie=True, in_use=True).digest, None)

    def token_for(
        self,
        service: str,
        actor: Caller | None,
        write: tuple[str, str, bytes] | None,
        address: str = "",
        device: str | None = None,
        *,
        known_devices_only: bool = False,
    ) -> str:
        """An actor token: fresh and bound for a write, shared for a few seconds among a session's reads.

        `address` and `device`: where the request came from. A read's token names the network alone; the device is told
        to identity alone.
        """
        network = network_of(address)
        if write is not None:
            return self._tokens.make(
                service,
                actor,
                write=write,
                network=network,
                address=key_of(address),
                device=device if service == "identity" else None,
                known_devices_only=known_devices_only,
            )
        key = (self._tokens.key_id, service, actor, network)  # what a key signed is not used any longer than the key
        with self._lock:
            known = self._read_tokens.get(key)
        if known is not None:
            return known
        token = self._tokens.make(service, actor, write=None, network=network)
        with self._lock:
            self._read_tokens[key] = token
        return token

    def _session(self, presented: _Presented, row: Row) -> Session:
        if not presented.possible:
            raise Unauthenticated()
        digest = presented.digest
        now = clock.monotonic()
        with self._lock:
            known, refused = self._sessions.get(digest), self._refused.get(digest)
        if known is not None and now - known.asked_at < REMEMBER_SECONDS and known.in_use >= presented.in_use:
            return known.session
        if refused:
            raise Unauthenticated()
        try:
            if known is not None:
                session = self._ask(presented)
            else:
                with self._slot_for_an_unknown_token():
                    session = self._ask(presented)
        except IdentityAway:
            in_grace = row.method == "GET" or row.permission in GRACE_PERMISSIONS
            if known is None or not in_grace or now - known.asked_at >= GRACE_SECONDS:
                raise
            return known.session
        self._remember(digest, session, now, presented.in_use)
        if session is None:
            raise Unauthenticated()
        return session

    def _remember(self, digest: bytes, session: Session | None, now: float, in_use: bool) -> None:
        with self._lock:
            if session is None:
                self._sessions.pop(digest, None)
                self._refused[digest] = True
            else:
                self._refused.pop(digest, None)
                self._sessions[digest] = _Remembered(session, now, in_use)

    @contextmanager
    def _slot_for_an_unknown_token(self) -> Iterator[None]:
        """Tokens that somebody made up must not take the slots of those who are signed in; raises `BulkheadFull`."""
        if not self._unknown.acquire(timeout=SLOT_WAIT_SECONDS):
            raise BulkheadFull()
        try:
            yield
        finally:
            self._unknown.release()

    def _ask(self, presented: _Presented) -> Session | None:
        """Identity's word on a token; None: it means nothing.

        Raises `IdentityAway`, `BulkheadFull` and other `Unavailable`.
        """
        body = presented.question
        vouched = self._tokens.make("identity", None, subject=GATEWAY, write=("POST", RESOLVE, body_digest(body)))
        headers = {"Content-Type": "application/json", "Caseload-Actor": vouched}
        try:
            response = self._identity.send("POST", RESOLVE, headers, body, read_seconds=ASK_SECONDS)
        except BulkheadFull:
            raise
        except Unavailable as error:
            raise IdentityAway(retry_after_seconds=error.retry_after_seconds) from error
        if response.status == 401:
            return None
        if response.status >= 500:
            raise IdentityAway()
        if response.status != 200:
            raise Unavailable()
        resolved = orjson.loads(response.body)
        proved_at = datetime.fromisoformat(resolved["authenticated_at"]) if presented.cookie else None
        return Session(_caller(resolved), proved_at)


def _caller(resolved: dict[str, Any]) -> Caller:
    return caller_of(
        UUID(resolved["organization_id"]),
        UUID(resolved["staff_id"]),
        resolved["levels"],
        resolved["grants"],
        UUID(resolved["session_id"]),
    )
