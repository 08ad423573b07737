"""Events are signed by their producer (ECDSA P-256, SHA-256, over the body's bytes) and checked by every consumer.

Somebody who can write to the bus cannot speak for a service: `clinical.*` must be signed with a key of `clinical`.
"""

from __future__ import annotations

import base64
import binascii
import os
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from shared.keys.public import PublicKeys
from shared.keys.signing import SigningKeyFile

SIGNATURE: Final = "signature"
KEY_ID: Final = "kid"
ALGORITHM: Final = ec.ECDSA(SHA256())


class BadSignature(Exception):
    """The message was not signed by whom it claims to come from."""


class Signer:
    """Signs with the service's newest private key; the file's stem is the key id."""

    def __init__(self, key_file: Path) -> None:
        self._files = SigningKeyFile(key_file)
        self._loaded = self._load(self._files.current())

    @staticmethod
    def _load(file: Path) -> tuple[Path, ec.EllipticCurvePrivateKey]:
        key = load_pem_private_key(file.read_bytes(), password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise TypeError("events are signed with a P-256 key")
        return file, key

    def sign(self, body: bytes) -> dict[str, str]:
        """The headers that go with `body`."""
        current = self._files.current()
        loaded = self._loaded
        if loaded[0] != current:
            self._loaded = loaded = self._load(current)
        file, key = loaded
        signature = base64.urlsafe_b64encode(key.sign(body, ALGORITHM)).decode()
        return {SIGNATURE: signature, KEY_ID: file.stem}


class Verifier:
    """Checks signatures against the public key folder."""

    def __init__(self, keys: PublicKeys) -> None:
        self._keys = keys

    def is_signed(self, body: bytes, headers: dict[str, str], owner: str) -> bool:
        """Whether `body` carries a signature by a key of the service `owner`."""
        try:
            self.verify(body, headers, owner)
        except BadSignature:
            return False
        return True

    def verify(self, body: bytes, headers: dict[str, str], owner: str) -> None:
        """Raises `BadSignature` unless `body` carries a signature by a key of the service `owner`."""
        key = self._keys.get(headers.get(KEY_ID, ""), owner)
        if key is None:
            raise BadSignature()
        try:
            signature = base64.urlsafe_b64decode(headers.get(SIGNATURE, ""))
            key.verify(signature, body, ALGORITHM)
        except (InvalidSignature, binascii.Error, ValueError) as error:
            raise BadSignature() from error


def generate_key_pair(private_file: Path, public_file: Path) -> None:
    """Write a fresh P-256 pair as PEM; the private file is readable by its owner only."""
    key = ec.generate_private_key(ec.SECP256R1())
    descriptor = os.open(private_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public_file.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
