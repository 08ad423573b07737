"""How often a message is tried, and how much mail an address gets. Pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from shared.mail.composing import Template

TRIES_MAX: Final = 8
BACK_OFF: Final = timedelta(seconds=15)  # doubled each time: the eighth try comes after half an hour
TRY_OVER: Final = timedelta(minutes=5)  # longer than any attempt lasts; when it lapses the message is sent again
BUCKETS: Final = 1 << 30  # so many that hardly anybody ever shares a count with somebody else
PER_HOUR_MAX: Final = 10  # to one address, of one kind, from all organizations
PER_DAY_MAX: Final = 30
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)


def bucket_of(fingerprint: Callable[[bytes], bytes], template: Template, email_key: str) -> int | None:
    """Where mail of that kind to an address is counted; None for what has a limit of its own.

    `fingerprint` is keyed: nobody finds an address that is counted in the same place as another's.
    """
    if template.counted_as is None:
        return None
    counted = f"mail {template.counted_as}\n{email_key}".encode()
    return int.from_bytes(fingerprint(counted)[:8], "big") % BUCKETS


def mail_may_go(in_hour: int, hour_since: datetime, in_day: int, day_since: datetime, now: datetime) -> datetime:
    """When an address that got so many messages may get the next one: `now`, or when the full hour or day is over."""
    may = now
    if in_hour >= PER_HOUR_MAX and now - hour_since < HOUR:
        may = max(may, hour_since + HOUR)
    if in_day >= PER_DAY_MAX and now - day_since < DAY:
        may = max(may, day_since + DAY)
    return may


def wait_before_try(attempts: int) -> timedelta:
    """How long to wait after so many failed tries."""
    return BACK_OFF * int(2 ** min(attempts - 1, 7))
