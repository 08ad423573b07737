"""Cursors of lists: where the next page begins, sealed.

A cursor carries the values of the last row that was shown, so that the rows after it are found whatever becomes of that
row: it may be renamed, deleted or hidden from who asks. Values are names and days of people, and a cursor stands in
addresses: nobody but the service reads one. It opens only where it was given: for the same list, in the same order,
of the same organization.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.actor import Actor
from shared.database.session import Session
from shared.errors import Invalid
from shared.keys.sealing import KEY_BYTES, NONCE_BYTES

CURSOR_CHARACTERS_MAX: Final = 2_000
PADDED_TO: Final = 96  # bytes: how long a cursor is says little of how long a name is


class CursorKey:
    """What seals the cursors of a service: AES-256-GCM under a key of its own, derived from `SECRETS_KEY`."""

    def __init__(self, secrets_key: str) -> None:
        """Without a key it opens only what this process has sealed."""
        secret = secrets_key.encode() or os.urandom(KEY_BYTES)
        self._aead = AESGCM(hmac.digest(secret, b"cursors of lists", "sha256"))

    def seal(self, values: bytes, place: bytes) -> bytes:
        """The sealed values, which open at this place only."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._aead.encrypt(nonce, values, place)

    def open(self, sealed: bytes, place: bytes) -> bytes:
        """The values; raises `InvalidTag`, `ValueError`."""
        return self._aead.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place)


@dataclass(frozen=True, slots=True)
class Cursors:
    """The cursors of one request's list; `place` says which list of which organization."""

    key: CursorKey
    place: bytes

    @classmethod
    def of_request(cls, key: CursorKey, method: str, path: str, actor: Actor | None) -> Cursors:
        """Those of the list that the actor asks for with this method and path."""
        return cls(key, orjson.dumps([actor.organization_id if actor else None, method, path]))

    @classmethod
    def of(cls, session: Session) -> Cursors:
        """Those of the running request."""
        assert isinstance(session.cursors, Cursors), "a page outside of a request"
        return session.cursors

    def seal(self, values: Sequence[Any], order: str) -> str:
        """The cursor behind a row with these values, in a list that comes in this order."""
        plain = orjson.dumps(list(values))
        padded = plain.ljust(-(-len(plain) // PADDED_TO) * PADDED_TO)
        return base64.urlsafe_b64encode(self.key.seal(padded, self._belongs_to(order))).rstrip(b"=").decode()

    def open(self, cursor: str, order: str) -> list[Any]:
        """The values in a cursor; raises `Invalid` (`cursor`) for one that was changed or given elsewhere."""
        try:
            sealed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
            values = orjson.loads(self.key.open(sealed, self._belongs_to(order)))
        except (binascii.Error, ValueError, InvalidTag) as error:
            raise wrong_cursor() from error
        assert isinstance(values, list)
        return values

    def _belongs_to(self, order: str) -> bytes:
        return self.place + b"\n" + order.encode()


def wrong_cursor() -> Invalid:
    """The refusal of a cursor that this list did not give."""
    return Invalid.field(
        "cursor", "wrong_cursor", "This cursor is not of this list. Give the next_cursor of the page before."
    )
