"""What the gateway refuses by level, handed to identity for the audit trail in batches, at most a second later.

While identity is away denials wait here, up to a limit; each is in the gateway's log besides.
"""

from __future__ import annotations

import atexit
import threading
from collections import deque
from typing import Any, Final
from uuid import UUID

import orjson
from prometheus_client import Counter

from gateway import api_page
from gateway.route_table import Row
from gateway.upstream import Upstream
from shared import clock, logs
from shared.actor import Actor
from shared.errors import Unavailable
from shared.ids import new_id
from shared.web.actor_token import GATEWAY, HEADER, TokenMaker

RECORD: Final = "/internal/audit/denials"
BATCH_MAX: Final = 200
WAITING_MAX: Final = 10_000
GATHER_SECONDS: Final = 0.5
WAIT_SECONDS_MAX: Final = 5.0
LAST_WORD_SECONDS: Final = 2.0
DENIALS: Final = Counter("caseload_gateway_denials_total", "Requests refused by level.", ["recorded"])


class Denials:
    """Gathers denials; the thread that sends them starts with the first, which is after the server has forked."""

    def __init__(self, identity: Upstream, tokens: TokenMaker) -> None:
        self._identity = identity
        self._tokens = tokens
        self._actions = api_page.audit_actions()
        self._waiting: deque[dict[str, Any]] = deque()
        self._lock = threading.Lock()
        self._some = threading.Event()
        self._sender: threading.Thread | None = None

    def note(self, actor: Actor, row: Row, path: dict[str, str], network: str | None) -> None:
        """One request was refused. Never raises and never waits."""
        denial = {
            "organization_id": str(actor.organization_id),
            "id": str(new_id()),
            "at": clock.now().isoformat(),
            "actor_id": str(actor.staff_id),
            "session_id": str(actor.session_id) if actor.session_id else None,
            "action": self._actions.get((row.method, row.path), f"{row.method} {row.path}"),
            "object_id": _identifier(next(iter(path.values()), "")),
            "client_id": _identifier(path.get("client_id", "")),
            "request_id": logs.request_id.get(),
            "network": network,
        }
        logs.get().info("denied", action=denial["action"], actor_id=denial["actor_id"], object_id=denial["object_id"])
        with self._lock:
            if len(self._waiting) >= WAITING_MAX:
                DENIALS.labels("no").inc()
                return
            self._waiting.append(denial)
            if self._sender is None:
                self._sender = threading.Thread(target=self._run, name="denials", daemon=True)
                self._sender.start()
                atexit.register(self._last_word)
        self._some.set()

    def send_some(self) -> int:
        """Hand over one batch; returns how many. Raises `Unavailable`, and keeps what was not taken.

        Each has its id, so that a batch whose answer got lost may be sent again.
        """
        with self._lock:
            batch = [self._waiting[index] for index in range(min(BATCH_MAX, len(self._waiting)))]
        if not batch:
            return 0
        body = orjson.dumps({"denials": batch})
        vouched = self._tokens.make("identity", None, subject=GATEWAY, write=("POST", RECORD, body))
        headers = {"Content-Type": "application/json", HEADER: vouched}
        answer = self._identity.send("POST", RECORD, headers, body, read_seconds=3.0)
        if answer.status >= 500 or answer.status == 401:
            raise Unavailable()
        if answer.status != 204:
            logs.get().error("denials_not_taken", status=answer.status, count=len(batch))
        DENIALS.labels("yes" if answer.status == 204 else "no").inc(len(batch))
        with self._lock:
            for _ in batch:
                self._waiting.popleft()
        return len(batch)

    def _run(self) -> None:
        failures = 0
        while True:
            self._some.wait()
            self._some.clear()
            clock.sleep(GATHER_SECONDS)
            try:
                while self.send_some():
                    pass
                failures = 0
            except Unavailable:
                failures += 1
                clock.sleep(min(WAIT_SECONDS_MAX, 0.5 * 2**failures))
                self._some.set()

    def _last_word(self) -> None:
        """The process ends: what is still here goes out now, if identity is there to take it."""
        until = clock.monotonic() + LAST_WORD_SECONDS
        try:
            while clock.monotonic() < until and self.send_some():
                pass
        except Unavailable:
            logs.get().error("denials_lost", count=len(self._waiting))


def _identifier(text: str) -> str | None:
    try:
        return str(UUID(text))
    except ValueError:
        return None
