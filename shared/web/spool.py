"""Bodies that are too long to hold: written to a private temporary file while they come, and hashed on the way."""

from __future__ import annotations

import contextlib
import hashlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Final, Protocol

from shared.errors import TooLarge
from shared.keys.actor_token import body_digest

CHUNK_BYTES: Final = 64 * 1024
IN_MEMORY_BYTES_MAX: Final = 256 * 1024  # a small file needs no disk


class Stream(Protocol):
    """What `wsgi.input` and open files offer."""

    def read(self, size: int = ..., /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Spooled:
    """A body in a temporary file that nobody else can open: its size in bytes and its SHA-256."""

    file: IO[bytes]
    size: int
    digest: bytes

    def from_start(self) -> IO[bytes]:
        """The file, to be read from its first byte."""
        self.file.seek(0)
        return self.file


Content = bytes | Spooled


def digest_of(content: Content) -> bytes:
    """The SHA-256 of a body."""
    return content.digest if isinstance(content, Spooled) else body_digest(content)


@contextlib.contextmanager
def spooled(stream: Stream, bytes_max: int) -> Iterator[Spooled]:
    """The whole of `stream` in a file that is gone after the block. Raises `TooLarge` for more than `bytes_max`."""
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES_MAX) as file:
        size, digest = 0, hashlib.sha256()
        while piece := stream.read(CHUNK_BYTES):
            size += len(piece)
            if size > bytes_max:
                raise TooLarge.for_more_than(bytes_max)
            digest.update(piece)
            file.write(piece)
        file.seek(0)
        yield Spooled(file, size, digest.digest())
