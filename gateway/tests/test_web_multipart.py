"""A browser's file on its way to the API: the service reads what the browser sent, and the gateway holds none of it."""

from __future__ import annotations

import contextlib
import io
import socket
import threading
import tracemalloc

import pytest
from urllib3.filepost import encode_multipart_formdata

from gateway.edge.bodies import Body
from gateway.edge.upstream import Upstream
from gateway.web.multipart import FORM_PARTS_MAX, FileForm, form_of
from shared.errors import Unparsable
from shared.web.limits import UPLOAD_BYTES_MAX
from shared.web.spool import CHUNK_BYTES, spooled
from shared.web.uploads import PARTS_MAX, TEXT_BYTES_MAX, opened

AT_ONCE = 16


@pytest.mark.parametrize("size", [0, 1, 65_535, 700_000])
@pytest.mark.parametrize("texts", [{}, {"dry_run": "true", "mapping": '{"a": "é"}'}], ids=["alone", "with texts"])
def test_the_form_is_read_as_it_was_made(size: int, texts: dict[str, str]) -> None:
    file = io.BytesIO(b"\r\n--x" * (size // 5) + b"." * (size % 5))
    file.seek(size // 2)  # wherever it was left
    form = FileForm(file, texts)
    with Body(form, form.length).spooled(form.length) as content, opened(content, form.content_type) as parts:
        assert content.size == form.length
        assert parts.file.read() == file.getvalue()
        assert parts.texts.to_dict() == texts


URL_ENCODED = "application/x-www-form-urlencoded"
FILE = ("file", ("a.csv", b"a,b\n"))
HELD = {
    "a long text": encode_multipart_formdata([FILE, ("dry_run", "x" * (TEXT_BYTES_MAX + 1))]),
    "many texts": encode_multipart_formdata([FILE, *((f"t{number}", "x") for number in range(PARTS_MAX))]),
    "a form without parts": (b"a&" * TEXT_BYTES_MAX, URL_ENCODED),
}


@pytest.mark.parametrize("name", HELD)
def test_what_comes_beside_a_file_is_short(name: str) -> None:
    body, content_type = HELD[name]
    with spooled(io.BytesIO(body), len(body)) as content, pytest.raises(Unparsable):
        form_of(content, content_type)


def test_a_form_without_a_file_may_have_more_inputs() -> None:
    body, content_type = encode_multipart_formdata([(f"t{number}", "x") for number in range(FORM_PARTS_MAX)])
    assert len(form_of(body, content_type).values) == FORM_PARTS_MAX
    short = b"csrf=x&dry_run=on"
    with spooled(io.BytesIO(short), len(short)) as content:
        assert form_of(content, URL_ENCODED).ticked("dry_run")


class Blank:
    """So many bytes as a sender has them: made when they are asked for."""

    def __init__(self, size: int) -> None:
        self._left = size

    def read(self, size: int = -1, /) -> bytes:
        piece = bytes(min(size, self._left))
        self._left -= len(piece)
        return piece


def take(listener: socket.socket, taken: list[int]) -> None:
    """A service that takes a request in pieces, counts its bytes, and answers."""
    for _ in range(AT_ONCE):
        connection, _ = listener.accept()
        with connection, connection.makefile("rb") as request:
            head = b"".join(iter(request.readline, b"\r\n")).lower()
            left = size = int(head.split(b"content-length: ")[1].split(b"\r\n")[0])
            while left and (piece := request.read(min(left, CHUNK_BYTES))):
                left -= len(piece)
            taken.append(size - left)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")


def test_sixteen_files_at_once_lie_on_the_disk_and_not_in_memory() -> None:
    size, taken = UPLOAD_BYTES_MAX, list[int]()
    with socket.create_server(("127.0.0.1", 0)) as listener, contextlib.ExitStack() as under_way:
        threading.Thread(target=take, args=(listener, taken), daemon=True).start()
        upstream = Upstream("x", f"http://127.0.0.1:{listener.getsockname()[1]}")
        tracemalloc.start()
        under_way.callback(tracemalloc.stop)
        bodies = [under_way.enter_context(Body(Blank(size), size).spooled(size)) for _ in range(AT_ONCE)]
        for body in bodies:
            assert upstream.send("POST", "/", {}, body).status == 200
        _, peak = tracemalloc.get_traced_memory()
    assert taken == [size] * AT_ONCE
    assert peak < size / 2, "less than half of one file, of sixteen that are there at once"
