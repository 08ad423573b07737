"""Secrets that must be read back (a TOTP seed) are kept sealed: AES-256-GCM under a key that the database never sees.

What a secret belongs to is bound to it: a sealed value copied to another row does not open there.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.errors import Unavailable
from shared.settings import MissingSetting

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12


class NoKey(Unavailable):
    """This installation was started without a key for secrets."""

    code = "no_secrets_key"
    detail = "Second factors are not set up in this installation: SECRETS_KEY is missing."


class Unsealable(Exception):
    """The value was changed, belongs elsewhere, or was sealed under another key."""


class Sealer:
    """Seals and opens with one key, given as base64 of 32 bytes; without one everything is refused."""

    def __init__(self, key: str = "") -> None:
        """Raises `MissingSetting` for anything but 32 bytes."""
        self._key: AESGCM | None = None
        self._mac_key = hashlib.sha256(b"fingerprints\0" + key.encode()).digest()
        if key:
            try:
                decoded = base64.b64decode(key, validate=True)
            except binascii.Error as error:
                raise MissingSetting("SECRETS_KEY must be base64") from error
            if len(decoded) != KEY_BYTES:
                raise MissingSetting(f"SECRETS_KEY must be {KEY_BYTES} bytes in base64")
            self._key = AESGCM(decoded)

    def seal(self, secret: bytes, belongs_to: bytes) -> bytes:
        """The sealed secret; raises `NoKey`."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._aead().encrypt(nonce, secret, belongs_to)

    def open(self, sealed: bytes, belongs_to: bytes) -> bytes:
        """The secret; raises `NoKey`, `Unsealable`."""
        try:
            return self._aead().decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], belongs_to)
        except InvalidTag as error:
            raise Unsealable() from error

    def fingerprint(self, value: bytes) -> bytes:
        """32 bytes that stand for `value` and that nobody without the key can foretell; without a key, anybody can."""
        return hmac.digest(self._mac_key, value, "sha256")

    def _aead(self) -> AESGCM:
        if self._key is None:
            raise NoKey()
        return self._key


def fresh_key() -> str:
    """A key as `SECRETS_KEY` takes it."""
    return base64.b64encode(os.urandom(KEY_BYTES)).decode()
