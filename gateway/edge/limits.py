"""Rate limits by token bucket, and limits of what runs at once: a flood is cut off before it costs a service anything.

The headers of an answer say what is left: `RateLimit-Policy` and `RateLimit` of the IETF draft
(draft-ietf-httpapi-ratelimit-headers), and the older `RateLimit-Limit`, `-Remaining`, `-Reset` that most clients read.
Counted per process.
"""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from cachetools import LRUCache

from shared import clock
from shared.errors import TooMany

BUCKETS_MAX: Final = 50_000
WINDOW_SECONDS: Final = 60


class TooManyAtOnce(TooMany):
    """The account, or before sign-in the address, has so many requests under way already."""

    code = "too_many_at_once"
    detail = "Too many of your requests are under way. Wait for their answers."


@dataclass(frozen=True, slots=True)
class Quota:
    """What is left of a limit: `left` of `limit` requests a minute, all of them again after `reset_seconds`."""

    policy: str
    limit: int
    left: int
    reset_seconds: int

    def headers(self) -> dict[str, str]:
        """As response headers."""
        return {
            "RateLimit-Policy": f'"{self.policy}";q={self.limit};w={WINDOW_SECONDS}',
            "RateLimit": f'"{self.policy}";r={self.left};t={self.reset_seconds}',
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.left),
            "RateLimit-Reset": str(self.reset_seconds),
        }


class OverLimit(TooMany):
    """A rate limit is used up; `quota` says which."""

    def __init__(self, quota: Quota, retry_after_seconds: int) -> None:
        super().__init__(retry_after_seconds=retry_after_seconds)
        self.quota = quota


@dataclass(slots=True)
class _Bucket:
    level: float
    at: float


class RateLimit:
    """At most `per_minute` requests per key and minute, evenly refilled. Forgets the longest idle keys first."""

    def __init__(self, policy: str, per_minute: int) -> None:
        self.policy = policy
        self.per_minute = per_minute
        self._buckets: LRUCache[str, _Bucket] = LRUCache(BUCKETS_MAX)
        self._lock = threading.Lock()

    def take(self, key: str) -> Quota:
        """Take one; returns what is left. Raises `OverLimit` with the seconds to wait."""
        with self._lock:
            bucket = self._filled(key)
            self._ensure_one(bucket)
            bucket.level -= 1
            return self._quota(bucket)

    def check(self, key: str) -> None:
        """Raises `OverLimit` as `take` would, and takes nothing."""
        with self._lock:
            self._ensure_one(self._filled(key))

    def _filled(self, key: str) -> _Bucket:
        now = clock.monotonic()
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = _Bucket(float(self.per_minute), now)
        gained = (now - bucket.at) * self.per_minute / WINDOW_SECONDS
        bucket.level = min(float(self.per_minute), bucket.level + gained)
        bucket.at = now
        return bucket

    def _ensure_one(self, bucket: _Bucket) -> None:
        if bucket.level < 1:
            seconds = (1 - bucket.level) * WINDOW_SECONDS / self.per_minute
            raise OverLimit(self._quota(bucket), max(1, round(seconds)))

    def _quota(self, bucket: _Bucket) -> Quota:
        reset = (self.per_minute - bucket.level) * WINDOW_SECONDS / self.per_minute
        return Quota(self.policy, self.per_minute, int(bucket.level), max(1, round(reset)))


class ConcurrencyLimit:
    """At most `most` requests of one key under way at the same time; some more may wait in line for a slot."""

    def __init__(self, most: int, *, waiting_max: int = 0, wait_seconds: float = 0.0) -> None:
        """`waiting_max` requests of one owner may wait, each `wait_seconds`; with 0 nobody waits."""
        self._most = most
        self._waiting_max = waiting_max
        self._wait_seconds = wait_seconds
        self._under_way: Counter[str] = Counter()
        self._waiting: Counter[str] = Counter()
        self._lines: dict[str, deque[threading.Event]] = {}
        self._lock = threading.Lock()

    @contextmanager
    def slot(self, key: str, owner: str | None = None) -> Iterator[None]:
        """Counts one while the block runs; raises `TooManyAtOnce`.

        `owner` is who waits, by default the key itself: an account has slots at each service, and one line of
        limited length for all of them.
        """
        self._enter(key, owner or key)
        try:
            yield
        finally:
            self._leave(key)

    def waiting(self, owner: str) -> int:
        """How many requests of this owner stand in line."""
        with self._lock:
            return self._waiting[owner]

    def _enter(self, key: str, owner: str) -> None:
        with self._lock:
            if self._under_way[key] < self._most:
                self._under_way[key] += 1
                return
            if self._waiting[owner] >= self._waiting_max:
                raise TooManyAtOnce()
            self._waiting[owner] += 1
            turn = threading.Event()
            self._lines.setdefault(key, deque()).append(turn)
        try:
            turn.wait(self._wait_seconds)
        except BaseException:
            if self._stop_waiting(key, owner, turn):
                self._leave(key)
            raise
        if not self._stop_waiting(key, owner, turn):
            raise TooManyAtOnce()

    def _stop_waiting(self, key: str, owner: str, turn: threading.Event) -> bool:
        """Step out of the line; returns whether a request that left has handed over its slot, which stays counted."""
        with self._lock:
            _take_one_off(self._waiting, owner)
            if turn.is_set():
                return True
            line = self._lines[key]
            line.remove(turn)
            if not line:
                del self._lines[key]
            return False

    def _leave(self, key: str) -> None:
        with self._lock:
            line = self._lines.get(key)
            if line is None:
                _take_one_off(self._under_way, key)
                return
            line.popleft().set()
            if not line:
                del self._lines[key]


def _take_one_off(counter: Counter[str], key: str) -> None:
    """Count one less; what is at nothing is forgotten."""
    counter[key] -= 1
    if not counter[key]:
        del counter[key]
