"""Tokens and passwords: made, hashed, compared. Nothing here is ever logged or answered twice.

A token is 256 random bits behind its organization's id, so that looking it up never leaves the tenant; what is kept is
its SHA-256. A password is kept as argon2id (19 MiB, two passes: the OWASP minimum profile).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import secrets
from functools import cache
from typing import Final
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from services.identity.config import breached_passwords
from services.identity.staff.models import Staff
from shared.database.session import Session
from shared.errors import FieldError, Invalid

TOKEN_BYTES: Final = 32
ZXCVBN_CHARACTERS_MAX: Final = 72  # it refuses longer ones
NAME_CHARACTERS_MIN: Final = 3  # shorter names are in every other word
SCORE_MIN: Final = 3  # of 4: safely unguessable against online guessing
PASSWORDS: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


class GuessablePassword(Invalid):
    """Long, and still among the first that an attacker would try."""

    code = "guessable_password"
    detail = "This password is easy to guess. Take a longer, less usual one."


class BreachedPassword(Invalid):
    """It stands in a list of passwords that leaked, which is what attackers try next."""

    code = "breached_password"
    detail = "This password has leaked somewhere, so others know it. Take another."


def token_for(organization_id: UUID) -> str:
    """A fresh token of that organization."""
    head = base64.urlsafe_b64encode(organization_id.bytes).rstrip(b"=").decode()
    return f"{head}.{secrets.token_urlsafe(TOKEN_BYTES)}"


def renewed(refresh_token: str) -> str:
    """The successor of a refresh token: the same family, so that any older one is recognised for good."""
    return f"{_family(refresh_token)}.{secrets.token_urlsafe(TOKEN_BYTES)}"


def refresh_token_for(organization_id: UUID) -> str:
    """The first refresh token of a new family."""
    return renewed(token_for(organization_id) + ".")


def hash_family(refresh_token: str) -> bytes:
    """What is kept of the secret that all refresh tokens of one session share."""
    return hash_token(_family(refresh_token))


def _family(refresh_token: str) -> str:
    return refresh_token.rpartition(".")[0]


def organization_of(token: str) -> UUID | None:
    """The organization that a token claims to be of; None when it is not a token."""
    head, _, tail = token.partition(".")
    try:
        return UUID(bytes=base64.urlsafe_b64decode(head + "==")) if len(tail) >= TOKEN_BYTES else None
    except (ValueError, binascii.Error):
        return None


def hash_token(token: str) -> bytes:
    """What is kept of a token. No salt or stretching: its 256 bits can not be guessed."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def set_password(session: Session, member: Staff, password: str, field: str) -> None:
    """Give a member a password; raises `GuessablePassword`, `BreachedPassword`, naming the `field` it came in.

    What the member's own name and address contribute counts for nothing: they are what is tried first.
    """
    about = [member.given_name, member.family_name, *re.split(r"[@.]", member.email)]
    names = "|".join(re.escape(word) for word in about if len(word) >= NAME_CHARACTERS_MIN)
    without_names = re.sub(names, "", password, flags=re.IGNORECASE) if names else password
    verdict = zxcvbn(without_names[:ZXCVBN_CHARACTERS_MAX] or " ")
    if verdict["score"] < SCORE_MIN:
        detail = GuessablePassword.detail
        raise GuessablePassword(detail, errors=[FieldError(field, GuessablePassword.code, detail)])
    if password in breached_passwords(session):
        detail = BreachedPassword.detail
        raise BreachedPassword(detail, errors=[FieldError(field, BreachedPassword.code, detail)])
    member.password_hash = PASSWORDS.hash(password)


def password_fits(password_hash: str | None, password: str) -> bool:
    """Whether the password belongs to the hash; takes as long when there is no hash."""
    try:
        return PASSWORDS.verify(password_hash or _nobodys_hash(), password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys_hash() -> str:
    return PASSWORDS.hash(secrets.token_urlsafe(TOKEN_BYTES))
