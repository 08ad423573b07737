"""A browser's form as it comes, and its file on the way to the API: `multipart/form-data` (RFC 7578), in pieces."""

from __future__ import annotations

import io
import os
import secrets
from collections.abc import Mapping
from typing import IO, Final

from werkzeug.exceptions import HTTPException
from werkzeug.formparser import parse_form_data
from werkzeug.http import parse_options_header

from gateway.web.forms import Form, Upload
from shared.errors import Unparsable
from shared.web.spool import Content, Spooled
from shared.web.uploads import FILE, FORM, PARTS_MAX, TEXT_BYTES_MAX

FORM_PARTS_MAX: Final = 500  # of a form without a file


def form_of(content: Content, content_type: str) -> Form:
    """What a browser's form sent. Raises `Unparsable`.

    A spooled form may be as long as a file: its texts, which are held in memory, may not.
    """
    texts_max, parts_max = None, FORM_PARTS_MAX
    if isinstance(content, Spooled):
        texts_max, parts_max = TEXT_BYTES_MAX, PARTS_MAX
        if content.size > TEXT_BYTES_MAX and parse_options_header(content_type)[0] != FORM:
            raise Unparsable()  # a form of another type would be held as a whole
    environ = {
        "wsgi.input": content.from_start() if isinstance(content, Spooled) else io.BytesIO(content),
        "CONTENT_LENGTH": str(content.size if isinstance(content, Spooled) else len(content)),
        "CONTENT_TYPE": content_type,
        "REQUEST_METHOD": "POST",
    }
    try:
        _, values, files = parse_form_data(
            environ, max_form_memory_size=texts_max, max_form_parts=parts_max, silent=False
        )
    except (ValueError, HTTPException) as error:
        raise Unparsable() from error
    uploads = {name: Upload(file.filename or "", file.stream) for name, file in files.items() if file.filename}
    return Form(values={name: tuple(values.getlist(name)) for name in values}, uploads=uploads)


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
