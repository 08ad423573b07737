"""What the gateway refuses by level, or for want of a proof, handed to identity for the audit trail.

In batches, at most a second later. While identity is away or busy denials wait here, up to a limit; each is in the
gateway's log besides.
"""

from __future__ import annotations

import atexit
import threading
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any, Final
from uuid import UUID

import orjson
from prometheus_client import Counter

from gateway.edge.upstream import Upstream
from gateway.route_table.row import Row
from shared import clock, logs
from shared.actor import Caller
from shared.back_off import BackOff
from shared.errors import Unavailable
from shared.ids import new_id
from shared.keys.actor_token import GATEWAY, HEADER, TokenMaker, body_digest

RECORD: Final = "/internal/audit/denials"
BATCH_MAX: Final = 200
WAITING_MAX: Final = 10_000
GATHER_SECONDS: Final = 0.5
SEND_SECONDS: Final = 3.0
AGAIN_SECONDS: Final = (1.0, 5.0)  # after the first failure, and the longest
LAST_WORD_SECONDS: Final = 2.0
TAKEN: Final = 204
CAN_NOT_TAKE: Final = frozenset({400, 413, 422})  # said of the content; everything else may pass
DENIALS: Final = Counter(
    "caseload_gateway_denials_total", "Requests refused by level, or for want of a proof.", ["recorded"]
)


class Denials:
    """Gathers denials; the thread that sends them starts with the first, which is after the server has forked."""

    def __init__(self, identity: Upstream, tokens: TokenMaker) -> None:
        self._identity = identity
        self._tokens = tokens
        self._waiting: dict[str, dict[str, Any]] = {}  # by id, oldest first
        self._lock = threading.Lock()
        self._sending = threading.Lock()  # one batch is under way at a time: each entry is sent and taken away once
        self._batch_max = BATCH_MAX
        self._some = threading.Event()
        self._sender: threading.Thread | None = None

    def note(self, actor: Caller, row: Row, ids: Mapping[str, str], network: str | None, rule: str) -> None:
        """One request was refused with the code `rule`. Never raises and never waits."""
        identifier = str(new_id())
        denial = {
            "organization_id": str(actor.organization_id),
            "id": identifier,
            "at": clock.now().isoformat(),
            "actor_id": str(actor.actor_id),
            "session_id": str(actor.session_id) if actor.session_id else None,
            "action": row.audit,
            "object_id": _identifier(next(iter(ids.values()), "")),
            "client_id": _identifier(ids.get("client_id", "")),
            "request_id": logs.request_id.get(),
            "network": network,
            "rule": rule,
        }
        logs.get().info("denied", action=denial["action"], actor_id=denial["actor_id"], object_id=denial["object_id"])
        with self._lock:
            if len(self._waiting) >= WAITING_MAX:
                DENIALS.labels("no").inc()
                return
            self._waiting[identifier] = denial
            if self._sender is None:
                self._sender = threading.Thread(target=self._run, name="denials", daemon=True)
                self._sender.start()
                atexit.register(self._last_word)
        self._some.set()

    def send_some(self) -> bool:
        """Hand over one batch; returns whether there was one. Raises `Unavailable`, and keeps what was not taken.

        Each has its id, so that a batch whose answer got lost may be sent again. What the service refuses for its
        content is sent in halves, so that one which it cannot take is the only one that is dropped.
        """
        with self._sending:
            return self._send_batch()

    def _send_batch(self) -> bool:
        with self._lock:
            batch = dict(islice(self._waiting.items(), self._batch_max))
        if not batch:
            return False
        body = orjson.dumps({"denials": list(batch.values())})
        vouched = self._tokens.make("identity", None, subject=GATEWAY, write=("POST", RECORD, body_digest(body)))
        headers = {"Content-Type": "application/json", HEADER: vouched}
        response = self._identity.send("POST", RECORD, headers, body, read_seconds=SEND_SECONDS)
        if response.status == TAKEN:
            self._done(batch, "yes")
        elif response.status not in CAN_NOT_TAKE:
            raise Unavailable()
        elif len(batch) > 1:
            self._batch_max = len(batch) // 2
        else:
            logs.get().error("denial_not_taken", status=response.status, denial_id=next(iter(batch)))
            self._done(batch, "no")
        return True

    def _done(self, batch: Iterable[str], recorded: str) -> None:
        """These need not be sent again; what was noted meanwhile stays."""
        with self._lock:
            for identifier in batch:
                del self._waiting[identifier]
                DENIALS.labels(recorded).inc()
        self._batch_max = min(BATCH_MAX, 2 * self._batch_max)

    def _run(self) -> None:
        back_off = BackOff(*AGAIN_SECONDS)
        while True:
            self._some.wait()
            self._some.clear()
            clock.sleep(GATHER_SECONDS)
            try:
                while self.send_some():
                    pass
                back_off.succeeded()
            except Exception as error:  # whatever it was: without this thread nothing would be sent
                if not isinstance(error, Unavailable):
                    logs.get().error("denials_not_sent", error=error)
                clock.sleep(back_off.failed())
                self._some.set()

    def _last_word(self) -> None:
        """The process ends: what is still here goes out now, if identity is there to take it."""
        until = clock.monotonic() + LAST_WORD_SECONDS
        try:
            if self._sending.acquire(timeout=LAST_WORD_SECONDS):
                try:
                    while clock.monotonic() < until and self._send_batch():
                        pass
                finally:
                    self._sending.release()
        except Unavailable:
            pass  # told in the next line
        if self._waiting:
            logs.get().error("denials_lost", count=len(self._waiting))


def _identifier(text: str) -> str | None:
    try:
        return str(UUID(text))
    except ValueError:
        return None
