"""Request bodies: read within a size and a time, after the question who sends them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Final

import gevent
from gunicorn.http.errors import ParseException

from shared.errors import TooLarge, TooSlow, Unparsable, UnsupportedMedia
from shared.web.limits import UPLOAD_BYTES_MAX
from shared.web.spool import CHUNK_BYTES, Spooled, Stream, spooled

ARRIVE_SECONDS: Final = 20.0  # from the first look at a body to its last byte
UPLOAD_SECONDS: Final = 60.0  # the same of a body with a file
DRAIN_SECONDS: Final = 2.0
DRAIN_BYTES_MAX: Final = UPLOAD_BYTES_MAX
BROKEN: Final = (OSError, ParseException)  # the connection ended, or the chunks are none (RFC 9112, section 7.1)


class Body:
    """A request's body, which may still be on its way."""

    def __init__(self, stream: Stream, length: int | None, *, chunked: bool = False, encoded: bool = False) -> None:
        """`length` as announced, None where it was not; `encoded`: the sender named a content encoding."""
        self._stream = stream
        self._length = length
        self._chunked = chunked
        self._encoded = encoded
        self._ended = not chunked and not length

    def read(self, bytes_max: int) -> bytes:
        """The whole body.

        Raises `TooLarge`, `UnsupportedMedia`, `Unparsable` where it breaks off, `TooSlow` after `ARRIVE_SECONDS`.
        """
        self._ensure_announced_well(bytes_max)
        try:
            with gevent.Timeout(ARRIVE_SECONDS, TooSlow()):
                body = self._stream.read(bytes_max + 1)
        except BROKEN as error:
            raise Unparsable("The body broke off.") from error
        if len(body) > bytes_max:
            raise TooLarge.for_more_than(bytes_max)
        self._ensure_whole(len(body))
        return body

    @contextlib.contextmanager
    def spooled(self, bytes_max: int) -> Iterator[Spooled]:
        """The whole body in a file that is gone after the block.

        Raises as `read`, `TooSlow` after `UPLOAD_SECONDS`.
        """
        self._ensure_announced_well(bytes_max)
        with contextlib.ExitStack() as file:
            try:
                with gevent.Timeout(UPLOAD_SECONDS, TooSlow()):
                    body = file.enter_context(spooled(self._stream, bytes_max))
            except BROKEN as error:
                raise Unparsable("The body broke off.") from error
            self._ensure_whole(body.size)
            yield body

    def _ensure_announced_well(self, bytes_max: int) -> None:
        if self._encoded:
            raise UnsupportedMedia("Send the body without content encoding.")
        if (self._length or 0) > bytes_max:
            raise TooLarge.for_more_than(bytes_max)

    def _ensure_whole(self, size: int) -> None:
        if not self._chunked and size < (self._length or 0):
            raise Unparsable("The body broke off.")
        self._ended = True

    def read_announced(self, bytes_max: int) -> bytes:
        """The same of somebody unknown, who has to say how long it is. Raises also `Unparsable`."""
        if self._length is None and self._chunked:
            raise Unparsable("Send the body with its Content-Length.")
        return self.read(bytes_max)

    def drain(self) -> None:
        """Take in a bounded rest of a body that was refused.

        Closing a connection with unread bytes on it resets it, and the sender might never read the refusal
        (RFC 9112, section 9.6).
        """
        left = 0 if self._ended else DRAIN_BYTES_MAX
        with contextlib.suppress(*BROKEN), gevent.Timeout(DRAIN_SECONDS, False):
            while left > 0 and (chunk := self._stream.read(min(left, CHUNK_BYTES))):
                left -= len(chunk)
        self._ended = True
