"""What the device cookie of a browser holds. Pure.

A token for each account that signed in there: 128 random bits that open nothing by themselves. It only says that
failed sign-ins elsewhere are no reason to keep this browser out of that account.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from datetime import timedelta
from typing import Final

TOKENS_MAX: Final = 5  # in one browser: colleagues who share a computer
PER_ACCOUNT_MAX: Final = 10  # browsers of one account; the longest unused is forgotten
KNOWN_FOR: Final = timedelta(days=180)
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{22}")


def new_token() -> str:
    """A token that nobody had before: 16 random bytes, 22 characters."""
    return secrets.token_urlsafe(16)


def tokens_of(cookie: str | None) -> list[str]:
    """The tokens in the cookie that a browser sent; none where it holds anything else."""
    found = (cookie or "").split(".")
    return found if len(found) <= TOKENS_MAX and all(_TOKEN.fullmatch(token) for token in found) else []


def cookie_of(newest: str, others: Iterable[str]) -> str:
    """The browser's next cookie: the newest token first, the oldest ones left out where there are too many."""
    return ".".join([newest, *others][:TOKENS_MAX])
