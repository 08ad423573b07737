"""Requests that bring a file: what is taken, what is refused, and that nothing of it is held in memory."""

from __future__ import annotations

import hashlib
import io
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from urllib3.filepost import encode_multipart_formdata

from shared.errors import Invalid, Refusal, TooLarge, Unparsable, UnsupportedMedia
from shared.web.spool import IN_MEMORY_BYTES_MAX, digest_of, spooled
from shared.web.uploads import PARTS_MAX, TEXT_BYTES_MAX, opened

ROOT = Path(__file__).parents[2]


def form(*parts: tuple[str, Any], boundary: str | None = None) -> tuple[bytes, str]:
    return encode_multipart_formdata(list(parts), boundary)


def read(body: bytes, content_type: str) -> tuple[bytes, dict[str, list[str]], bytes]:
    """The file, the texts and the digest of a form."""
    with spooled(io.BytesIO(body), len(body)) as content, opened(content, content_type) as parts:
        digest = parts.digest()
        return parts.file.read(), parts.texts.to_dict(flat=False), digest


@given(
    file=st.binary(max_size=2_000) | st.binary(min_size=1, max_size=10).map(lambda piece: piece * 40_000),
    texts=st.dictionaries(st.sampled_from(["dry_run", "mapping"]), st.text(max_size=50)),
)
def test_what_is_sent_arrives(file: bytes, texts: dict[str, str]) -> None:
    body, content_type = form(*texts.items(), ("file", ("a file", file)))
    found, beside, _ = read(body, content_type)
    assert found == file and beside == {name: [text] for name, text in texts.items()}


def test_a_long_body_lies_in_a_file_that_has_no_name_and_is_gone_afterwards() -> None:
    body = b"x" * (IN_MEMORY_BYTES_MAX + 1)
    with spooled(io.BytesIO(body), len(body)) as content:
        assert content.size == len(body) and digest_of(content) == hashlib.sha256(body).digest()
        assert isinstance(content.file.name, int | None), "a descriptor, and no path"
        assert content.from_start().read() == content.from_start().read() == body
    assert content.file.closed
    with pytest.raises(TooLarge), spooled(io.BytesIO(body), len(body) - 1):
        pass


SPOOLING = """
import io, os, signal
from shared.web.spool import IN_MEMORY_BYTES_MAX, spooled
with spooled(io.BytesIO(bytes(IN_MEMORY_BYTES_MAX + 1)), IN_MEMORY_BYTES_MAX + 1) as content:
    print(os.fstat(content.file.fileno()).st_size, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_process_that_is_killed_leaves_no_file(tmp_path: Path) -> None:
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    killed = subprocess.run(
        [sys.executable, "-c", SPOOLING], cwd=ROOT, env=environment, capture_output=True, check=False
    )
    assert killed.returncode == -signal.SIGKILL
    assert int(killed.stdout) == IN_MEMORY_BYTES_MAX + 1, "it lay on the disk"
    assert list(tmp_path.iterdir()) == []


def test_forms_that_say_the_same_have_one_digest_however_they_are_cut() -> None:
    file, texts = ("file", ("people.csv", b"a,b\n")), (("dry_run", "true"), ("mapping", "{}"))
    first = read(*form(file, *texts, boundary="one"))[2]
    assert read(*form(*reversed(texts), file, boundary="another"))[2] == first
    for other in (
        form(("file", ("people.csv", b"a,b\r\n")), *texts),
        form(file, ("dry_run", "false"), texts[1]),
        form(file, texts[0]),
        form(file, *texts, texts[0]),
    ):
        assert read(*other)[2] != first


FILE = ("file", ("x", b"x"))
REFUSED: dict[str, tuple[tuple[bytes, str], type[Refusal]]] = {
    "no file": (form(("dry_run", "true")), Invalid),
    "another name": (form(("logo", ("x", b"x"))), Invalid),
    "two files": (form(FILE, FILE), Invalid),
    "a second file of another name": (form(FILE, ("more", ("x", b"x"))), Invalid),
    "a text called file": (form(("file", "x")), Invalid),
    "too many parts": (form(FILE, *((f"t{number}", "x") for number in range(PARTS_MAX))), Unparsable),
    "a text that is long": (form(FILE, ("mapping", "x" * (TEXT_BYTES_MAX + 1))), Unparsable),
    "broken off": ((form(FILE, boundary="b")[0][:-8], "multipart/form-data; boundary=b"), Unparsable),
    "nothing": ((b"", "multipart/form-data; boundary=b"), Unparsable),
    "JSON": ((b"{}", "application/json"), UnsupportedMedia),
    "no boundary": ((form(FILE)[0], "multipart/form-data"), UnsupportedMedia),
    "another boundary": ((form(FILE, boundary="b")[0], "multipart/form-data; boundary=c"), Unparsable),
    "no type": ((form(FILE)[0], ""), UnsupportedMedia),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_form_with_one_file(name: str) -> None:
    (body, content_type), kind = REFUSED[name]
    with pytest.raises(kind):
        read(body, content_type)
