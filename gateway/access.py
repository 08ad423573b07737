"""Who asks, and may they: the access token's session from identity, remembered for a few seconds.

A revocation or a change of permissions is in force when the memory runs out: at most `REMEMBER_SECONDS` later, with or
without the bus. While identity is away, people who were signed in go on reading and signing for a minute.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import orjson

from gateway.route_table import Row
from gateway.upstream import Upstream
from shared import clock
from shared.actor import Actor
from shared.errors import Unauthenticated, Unavailable
from shared.web.actor_token import GATEWAY, LIFETIME_SECONDS, TokenMaker

REMEMBER_SECONDS: Final = 3.0
REMEMBER_REFUSAL_SECONDS: Final = 1.0
GRACE_SECONDS: Final = 60.0
REMEMBERED_MAX: Final = 10_000
READ_TOKEN_SECONDS: Final = LIFETIME_SECONDS - 10
TOKEN_CHARACTERS_MAX: Final = 200
RESOLVE: Final = "/internal/sessions/resolve"
# What goes on while identity is away: looking, and finishing the documentation of a session that took place.
GRACE_PERMISSIONS: Final = frozenset({"notes:sign"})


@dataclass(slots=True)
class _Remembered:
    actor: Actor | None
    asked_at: float


class Access:
    """Answers for each request: which actor, and is the row's permission theirs."""

    def __init__(self, identity: Upstream, tokens: TokenMaker) -> None:
        self._identity = identity
        self._tokens = tokens
        self._lock = threading.Lock()
        self._sessions: OrderedDict[bytes, _Remembered] = OrderedDict()
        self._read_tokens: OrderedDict[tuple[str, str, Actor | None, str | None], tuple[str, float]] = OrderedDict()

    def actor_for(self, authorization: str | None, row: Row) -> Actor:
        """The signed-in person; raises `Unauthenticated`. Whether they may is the next question."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token or len(token) > TOKEN_CHARACTERS_MAX or not token.isascii():
            raise Unauthenticated()
        return self._session(token, row)

    def token_for(
        self, service: str, actor: Actor | None, write: tuple[str, str, bytes] | None, network: str | None = None
    ) -> str:
        """An actor token: fresh and bound for a write, shared for a few seconds among a session's reads."""
        if write is not None:
            return self._tokens.make(service, actor, write=write, network=network)
        key = (self._tokens.key_id, service, actor, network)  # what a key signed is not used any longer than the key
        now = clock.monotonic()
        with self._lock:
            known = self._read_tokens.get(key)
        if known is not None and known[1] > now:
            return known[0]
        token = self._tokens.make(service, actor, write=None, network=network)
        with self._lock:
            self._read_tokens[key] = (token, now + READ_TOKEN_SECONDS)
            while len(self._read_tokens) > REMEMBERED_MAX:
                self._read_tokens.popitem(last=False)
        return token

    def _session(self, token: str, row: Row) -> Actor:
        digest = hashlib.sha256(token.encode()).digest()
        now = clock.monotonic()
        with self._lock:
            known = self._sessions.get(digest)
        if known is not None:
            age = now - known.asked_at
            if age < (REMEMBER_SECONDS if known.actor else REMEMBER_REFUSAL_SECONDS):
                if known.actor is None:
                    raise Unauthenticated()
                return known.actor
        try:
            actor = self._ask(token)
        except Unavailable:
            in_grace = known is not None and known.actor is not None and now - known.asked_at < GRACE_SECONDS
            if in_grace and (row.method == "GET" or row.permission in GRACE_PERMISSIONS):
                assert known is not None and known.actor is not None
                return known.actor
            raise
        with self._lock:
            self._sessions.pop(digest, None)
            self._sessions[digest] = _Remembered(actor, now)
            while len(self._sessions) > REMEMBERED_MAX:
                self._sessions.popitem(last=False)
        if actor is None:
            raise Unauthenticated()
        return actor

    def _ask(self, token: str) -> Actor | None:
        """Identity's word on a token; None: it means nothing. Raises `Unavailable`."""
        body = orjson.dumps({"access_token": token})
        vouched = self._tokens.make("identity", None, subject=GATEWAY, write=("POST", RESOLVE, body))
        answer = self._identity.send(
            "POST",
            RESOLVE,
            {"Content-Type": "application/json", "Caseload-Actor": vouched},
            body,
            read_seconds=3.0,
        )
        if answer.status == 401:
            return None
        if answer.status != 200:
            raise Unavailable()
        return _actor(orjson.loads(answer.body))


def _actor(resolved: dict[str, Any]) -> Actor:
    return Actor(
        organization_id=UUID(resolved["organization_id"]),
        staff_id=UUID(resolved["staff_id"]),
        levels=frozenset(resolved["levels"]),
        grants=frozenset(resolved["grants"]),
        session_id=UUID(resolved["session_id"]),
    )
