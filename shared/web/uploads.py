"""A request that brings a file: `multipart/form-data` (RFC 7578) with the file as its part `file`.

Other parts are short texts and are read like the parameters of a query.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Any, Final

import orjson
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.formparser import FormDataParser
from werkzeug.http import parse_options_header

from shared.errors import Invalid, Unparsable, UnsupportedMedia
from shared.web.spool import CHUNK_BYTES, Spooled

FORM: Final = "multipart/form-data"
FILE: Final = "file"
TEXT_BYTES_MAX: Final = 256 * 1024  # several of the pieces in which a form is read
PARTS_MAX: Final = 20


@dataclass(frozen=True, slots=True)
class FilePart:
    """What a route makes of the file that comes with it.

    `read(file)` runs before the transaction, so that nobody waits behind a lock while a file is read; what it returns
    is the handler's `file`. It raises a `Refusal` for a file that is not what it should be. `description` and
    `example`, the bytes of such a file, are for the API document and for tests.
    Of a file that is stored, `bring(database, actor, what read returned)` puts the bytes into the store, before the
    transaction too; what it returns is then the handler's `file`, who keeps it (`shared.files.keeping`).
    """

    read: Callable[[IO[bytes]], Any]
    description: str
    example: bytes
    bring: Callable[..., Any] | None = None


@dataclass(frozen=True, slots=True)
class Parts:
    """What a form brought: the open file, and the texts beside it."""

    file: IO[bytes]
    texts: MultiDict[str, str]

    def digest(self) -> bytes:
        """The SHA-256 of what the form says. Forms of one file and the same texts say the same, however they are cut.

        Who sends a form again under its Idempotency-Key mostly sends it with another boundary.
        """
        digest = hashlib.sha256()
        while piece := self.file.read(CHUNK_BYTES):
            digest.update(piece)
        self.file.seek(0)
        digest.update(orjson.dumps(sorted(self.texts.items(multi=True))))
        return digest.digest()


@contextlib.contextmanager
def opened(content: Spooled, content_type: str) -> Iterator[Parts]:
    """The parts of a body. The file is gone after the block.

    Raises `UnsupportedMedia`, `Unparsable`, and `Invalid` where there is not exactly one file, called `file`.
    """
    kind, options = parse_options_header(content_type)
    if kind != FORM or "boundary" not in options:
        raise UnsupportedMedia(f"Send {FORM}, with the file as the part `{FILE}`.")
    parser = FormDataParser(max_form_memory_size=TEXT_BYTES_MAX, max_form_parts=PARTS_MAX, silent=False)
    try:
        _, texts, files = parser.parse(content.from_start(), kind, content.size, options)
    except (ValueError, HTTPException) as error:
        raise Unparsable() from error
    sent = [(name, file) for name, several in files.lists() for file in several]
    with contextlib.ExitStack() as closing:
        for _, file in sent:
            closing.callback(file.close)
        if [name for name, _ in sent] != [FILE]:
            raise Invalid.field(FILE, "one_file", f"Send one file, as the part `{FILE}`.")
        yield Parts(sent[0][1].stream, texts)
