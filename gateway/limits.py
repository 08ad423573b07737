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
        now = clock.monotonic()
        rate = self.per_minute / 60
        with self._lock:
            bucket = self._buckets.pop(key, None) or _Bucket(float(self.per_minute), now)
            bucket.level = min(float(self.per_minute), bucket.level + (now - bucket.at) * rate)
            bucket.at = now
            self._buckets[key] = bucket
            if len(self._buckets) > BUCKETS_MAX:
                self._buckets.popitem(last=False)
            if bucket.level < 1:
                raise TooMany(retry_after_seconds=max(1, round((1 - bucket.level) / rate)))
            bucket.level -= 1
            return int(bucket.level)
