"""How a file is sealed: in chunks of 64 KiB, each with AES-256-GCM under the file's own key.

The nonce of a chunk is its number and whether it is the last (12 bytes: number, zeros, 1 for the last one), after the
STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár (2015). A key seals one file, once: no nonce comes twice.
What the file belongs to is bound to each chunk. So a chunk that was changed, cut off, moved, doubled or taken from
another file does not open, nor does a file whose end is missing. A file of no bytes is one empty chunk.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

CHUNK_BYTES: Final = 64 * 1024
TAG_BYTES: Final = 16
FORMAT: Final = b"caseload file 1\0"
_NONCE: Final = struct.Struct(">Q3x?")


class DamagedFile(Exception):
    """What is in the store is not what was put there for this file, or is not there at all."""


def sealed(content: Iterable[bytes], key: bytes, belongs_to: bytes) -> Iterator[bytes]:
    """The sealed chunks of `content`, which comes in pieces of any size. `key`: 32 bytes that seal nothing else."""
    cipher = AESGCM(key)
    for number, (chunk, is_last) in enumerate(_blocks(content, CHUNK_BYTES)):
        nonce = _NONCE.pack(number, is_last)
        yield cipher.encrypt(nonce, chunk, FORMAT + belongs_to + nonce)


def opened(stored: Iterable[bytes], key: bytes, belongs_to: bytes) -> Iterator[bytes]:
    """The content of what `sealed` made, chunk by chunk. Raises `DamagedFile`, for a missing end only at the end."""
    cipher = AESGCM(key)
    for number, (block, is_last) in enumerate(_blocks(stored, CHUNK_BYTES + TAG_BYTES)):
        nonce = _NONCE.pack(number, is_last)
        try:
            yield cipher.decrypt(nonce, block, FORMAT + belongs_to + nonce)
        except InvalidTag as error:
            raise DamagedFile(f"chunk {number} does not open") from error


def _blocks(pieces: Iterable[bytes], size: int) -> Iterator[tuple[bytes, bool]]:
    """The pieces cut into blocks of `size` bytes, and of each whether it is the last, which may be shorter or empty."""
    held = bytearray()
    for piece in pieces:
        held += piece
        while len(held) > size:
            yield bytes(held[:size]), False
            del held[:size]
    yield bytes(held), True
