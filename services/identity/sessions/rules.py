"""What holds of sessions. Pure."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from shared.errors import Conflict, TooMany, Unauthenticated

ACCESS_LIFETIME = timedelta(minutes=60)
SESSION_LIFETIME = timedelta(hours=12)
FAILURES_MAX = 5
FAILURE_WINDOW = timedelta(minutes=1)
FAILURE_BUCKETS = 65_536  # e-mail addresses are counted in so many


class BadCredentials(Unauthenticated):
    """Address or password is wrong; the answer does not tell which. The failure is counted."""

    code = "bad_credentials"
    detail = "The e-mail address or the password is wrong."
    keeps_changes = True


class SessionUnknown(Unauthenticated):
    """The token means nothing (any more)."""

    code = "session_unknown"
    detail = "You are signed out. Sign in again."


class RefreshReused(Unauthenticated):
    """A refresh token came back after it had been exchanged: it was stolen, or its successor was. The session ends."""

    code = "refresh_reused"
    detail = "This refresh token was used before, so the session was ended. Sign in again."
    keeps_changes = True


class ChooseOrganization(Conflict):
    """The same address and password fit in several organizations; `errors` names them."""

    code = "choose_organization"
    detail = "You belong to several organizations. Repeat with organization_id."


class TooManyFailures(TooMany):
    """Too many wrong passwords for this address within a minute, whether or not anybody has it."""

    code = "too_many_failures"
    detail = "Too many wrong passwords. Wait a minute and try again."


def failure_bucket(email_key: str) -> int:
    """Where the failures of an address are counted."""
    return int.from_bytes(hashlib.sha256(email_key.encode()).digest()[:8], "big") % FAILURE_BUCKETS


def failures_after(count: int, since: datetime | None, now: datetime) -> tuple[int, datetime]:
    """The count and start of the running window after one more failure at `now`."""
    if since is None or now - since >= FAILURE_WINDOW:
        return 1, now
    return count + 1, since


def seconds_to_wait(count: int, since: datetime | None, now: datetime) -> int:
    """How many seconds an address refuses further tries; 0 when it does not. Heals by itself."""
    if count < FAILURES_MAX or since is None or now - since >= FAILURE_WINDOW:
        return 0
    return max(1, round((since + FAILURE_WINDOW - now).total_seconds()))
