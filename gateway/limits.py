"""Rate limits: token buckets in this process, per session and per client address."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from shared import clock
from shared.errors import TooMany

BUCKETS_MAX: Final = 50_000


@dataclass(slots=True)
class _Bucket:
    level: float
    at: float


class RateLimit:
    """At most `per_minute` requests per key and minute, evenly refilled. Forgets the longest idle keys first."""

    def __init__(self, per_minute: int) -> None:
        self.per_minute = per_minute
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, key: str) -> int:
        """Take one; returns how many are left. Raises `TooMany` with the seconds to wait."""
        with self._lock:
            bucket = self._filled(key)
            self._ensure_one(bucket)
            bucket.level -= 1
            return int(bucket.level)

    def check(self, key: str) -> None:
        """Raises `TooMany` as `take` would, and takes nothing."""
        with self._lock:
            self._ensure_one(self._filled(key))

    def _filled(self, key: str) -> _Bucket:
        now = clock.monotonic()
        bucket = self._buckets.pop(key, None) or _Bucket(float(self.per_minute), now)
        bucket.level = min(float(self.per_minute), bucket.level + (now - bucket.at) * self.per_minute / 60)
        bucket.at = now
        self._buckets[key] = bucket
        if len(self._buckets) > BUCKETS_MAX:
            self._buckets.popitem(last=False)
        return bucket

    def _ensure_one(self, bucket: _Bucket) -> None:
        if bucket.level < 1:
            seconds = (1 - bucket.level) * 60 / self.per_minute
            raise TooMany(retry_after_seconds=max(1, round(seconds)))
