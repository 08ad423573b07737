"""Making, reading and hashing tokens. Pure. Nothing here is ever logged or answered twice.

A token is 256 random bits behind its organization's id, so that looking it up never leaves the tenant; what is kept is
its SHA-256.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
from typing import Final
from uuid import UUID

TOKEN_BYTES: Final = 32


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
    """What is kept of a token. No salt or stretching: its 256 bits cannot be guessed."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
