"""A file on its way from a browser's form to the API: `multipart/form-data` (RFC 7578), read piece by piece."""

from __future__ import annotations

import io
import os
import secrets
from collections.abc import Mapping
from typing import IO

from shared.web.uploads import FILE, FORM


class FileForm:
    """A form of one file and some short texts, to be read once: `length` bytes of `content_type`.

    The file's own name stays behind: no service needs it.
    """

    def __init__(self, file: IO[bytes], texts: Mapping[str, str]) -> None:
        boundary = secrets.token_hex(16)
        self.content_type = f"{FORM}; boundary={boundary}"
        before = "".join(
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'
            for name, text in texts.items()
        )
        before += f'--{boundary}\r\nContent-Disposition: form-data; name="{FILE}"; filename="{FILE}"\r\n'
        before += "Content-Type: application/octet-stream\r\n\r\n"
        head, tail = before.encode(), f"\r\n--{boundary}--\r\n".encode()
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        self.length = len(head) + size + len(tail)
        self._parts: list[IO[bytes]] = [io.BytesIO(head), file, io.BytesIO(tail)]

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` bytes, empty at the end."""
        while self._parts:
            if piece := self._parts[0].read(size):
                return piece
            del self._parts[0]
        return b""
