"""How hard a password must be to guess, and how it is kept. Pure. Nothing here is ever logged.

A password is kept as argon2id (19 MiB, two passes: the OWASP minimum profile).
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Container, Iterable
from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from shared.errors import FieldError, Invalid
from shared.texts import comparable_password

PASSWORD_MIN: Final = 12  # characters
PASSWORD_MAX: Final = 128
JUDGED_CHARACTERS: Final = 20  # zxcvbn's time grows exponentially: 0.1 s for these, 2 s for 66 of the worst kind
NAME_CHARACTERS_MIN: Final = 3  # shorter names are in every other word
SCORE_MIN: Final = 3  # of 4: safely unguessable against online guessing
PASSWORDS: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
NOBODYS_BYTES: Final = 32


class GuessablePassword(Invalid):
    """Long, and still among the first that an attacker would try."""

    code = "guessable_password"
    detail = "This password is easy to guess. Take a longer, less usual one."


class BreachedPassword(Invalid):
    """It stands in a list of passwords that leaked, which is what attackers try next."""

    code = "breached_password"
    detail = "This password has leaked somewhere, so others know it. Take another."


def ensure_hard_to_guess(password: str, names: Iterable[str], breached: Container[str], field: str) -> None:
    """Refuse a password that an attacker would try early, naming the `field` it came in.

    `names`: the member's own names and the parts of their address, which are tried first and so count for nothing.
    A password is as hard to guess as any part of it at least: its first and its last 20 characters are judged.
    `breached`: the passwords that are known to have leaked. Raises `GuessablePassword`, `BreachedPassword`.
    """
    known = "|".join(re.escape(name) for name in names if len(name) >= NAME_CHARACTERS_MIN)
    without_names = re.sub(known, "", password, flags=re.IGNORECASE) if known else password
    parts = dict.fromkeys((without_names[:JUDGED_CHARACTERS], without_names[-JUDGED_CHARACTERS:]))
    if not any(zxcvbn(part or " ")["score"] >= SCORE_MIN for part in parts):
        detail = GuessablePassword.detail
        raise GuessablePassword(detail, errors=[FieldError(field, GuessablePassword.code, detail)])
    if comparable_password(password) in breached:
        detail = BreachedPassword.detail
        raise BreachedPassword(detail, errors=[FieldError(field, BreachedPassword.code, detail)])


def hash_password(password: str) -> str:
    """What is kept of a password: argon2id with a fresh salt."""
    return PASSWORDS.hash(comparable_password(password))


def password_fits(password_hash: str | None, password: str) -> bool:
    """Whether the password belongs to the hash; takes as long when there is no hash.

    A password that was set before spellings were composed fits in the spelling it was set in.
    """
    spellings = dict.fromkeys((comparable_password(password), password))
    verified = [_verifies(password_hash or _nobodys_hash(), spelling) for spelling in spellings]
    return any(verified) and password_hash is not None


def _verifies(password_hash: str, password: str) -> bool:
    try:
        return PASSWORDS.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys_hash() -> str:
    return PASSWORDS.hash(secrets.token_urlsafe(NOBODYS_BYTES))
