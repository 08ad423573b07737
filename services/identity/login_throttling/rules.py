"""How many failed sign-ins an address may have before further attempts wait. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.errors import TooMany

FAILURE_BUCKETS = 1 << 30  # so many that hardly anybody ever shares a count with somebody else


@dataclass(frozen=True, slots=True)
class Window:
    """At most so many wrong passwords within so long."""

    failures_max: int
    length: timedelta


# An e-mail address may fail five times a minute from one network, and a hundred times an hour from all together. The
# second limit keeps nobody out of a network that they have lately signed in from, and neither keeps them out of the
# very address that they have lately signed in from: what fails there has five tries a minute of its own.
FROM_ONE_NETWORK = Window(5, timedelta(minutes=1))
FROM_ONE_ADDRESS = Window(5, timedelta(minutes=1))
FROM_EVERYWHERE = Window(100, timedelta(hours=1))
# A browser that the account has signed in with may fail ten times an hour, whatever the other counts say. Beyond that
# it is judged like any other: a stolen device cookie buys ten guesses an hour and nothing else.
FROM_ONE_DEVICE = Window(10, timedelta(hours=1))
KNOWN_FOR = timedelta(days=30)
NOT_FROM_HERE_SECONDS = 60  # too many sign-ins failed at the address; the gateway counts them by the minute


class TooManyFailures(TooMany):
    """Too many wrong passwords for this address within a minute, whether or not anybody has it."""

    code = "too_many_failures"
    detail = "Too many wrong passwords. Wait a minute and try again."


def failure_bucket(fingerprint: Callable[[bytes], bytes], email_key: str, place: str) -> int:
    """Where the failures of an e-mail address from a place (a network, an address, `*` for all) are counted.

    `fingerprint` is keyed: nobody finds an address of their own that is counted in the same place as another's.
    """
    return int.from_bytes(fingerprint(f"{email_key}\n{place}".encode())[:8], "big") % FAILURE_BUCKETS


def failures_after(window: Window, count: int, since: datetime | None, now: datetime) -> tuple[int, datetime]:
    """The count and start of the running window after one more failure at `now`."""
    if since is None or now - since >= window.length:
        return 1, now
    return count + 1, since


def seconds_to_wait(window: Window, count: int, since: datetime | None, now: datetime) -> int:
    """How many seconds further tries are refused; 0 when they are not. Heals by itself."""
    if count < window.failures_max or since is None or now - since >= window.length:
        return 0
    return max(1, round((since + window.length - now).total_seconds()))
