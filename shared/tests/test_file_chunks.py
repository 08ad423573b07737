"""Sealed files: what was put in comes out, and of what was changed in any way, nothing that is not the file's."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.files.chunks import CHUNK_BYTES, TAG_BYTES, DamagedFile, opened, sealed
from shared.ids import new_id

SIZES = (0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES, 3 * CHUNK_BYTES + 7)
SEALED_CHUNK = CHUNK_BYTES + TAG_BYTES
KEY = os.urandom(32)
HERE = new_id().bytes + new_id().bytes
CONTENT = os.urandom(2 * CHUNK_BYTES + 100)
STORED = b"".join(sealed([CONTENT], KEY, HERE))
CHUNKS = [STORED[at : at + SEALED_CHUNK] for at in range(0, len(STORED), SEALED_CHUNK)]


def pieces(content: bytes, size: int) -> Iterator[bytes]:
    return (content[at : at + size] for at in range(0, len(content), size))


def is_refused(stored: bytes, key: bytes = KEY, belongs_to: bytes = HERE) -> bool:
    """Whether it does not open; and nothing that came before the damage is anything but the file's beginning."""
    so_far = b""
    try:
        for piece in opened([stored], key, belongs_to):
            so_far += piece
    except DamagedFile:
        return CONTENT.startswith(so_far)
    return False


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("read_by", [1000, CHUNK_BYTES, 5 * CHUNK_BYTES])
def test_what_goes_in_comes_out_however_it_is_cut(size: int, read_by: int) -> None:
    content = os.urandom(size)
    stored = b"".join(sealed(pieces(content, read_by), KEY, HERE))
    assert len(stored) == size + TAG_BYTES * max(1, -(-size // CHUNK_BYTES))
    assert b"".join(opened(pieces(stored, read_by), KEY, HERE)) == content
    assert size < 16 or content[:16] not in stored


@pytest.mark.parametrize("size", SIZES)
def test_a_file_of_any_size_that_is_cut_off_does_not_open(size: int) -> None:
    stored = b"".join(sealed([os.urandom(size)], KEY, HERE))
    for cut in {0, 1, len(stored) // 2, len(stored) - TAG_BYTES, len(stored) - 1, SEALED_CHUNK, 2 * SEALED_CHUNK}:
        if cut < len(stored):
            with pytest.raises(DamagedFile):
                list(opened([stored[:cut]], KEY, HERE))


@pytest.mark.abuse("A-FILE-store-changed")
@given(st.integers(0, len(STORED) - 1), st.integers(1, 255))
def test_no_byte_can_be_changed(at: int, by: int) -> None:
    assert is_refused(STORED[:at] + bytes([STORED[at] ^ by]) + STORED[at + 1 :])


@given(st.integers(0, len(STORED) - 1))
def test_nothing_can_be_cut_off(at: int) -> None:
    assert is_refused(STORED[:at])


@given(st.integers(0, len(STORED)), st.binary(min_size=1, max_size=100))
def test_nothing_can_be_put_in(at: int, more: bytes) -> None:
    assert is_refused(STORED[:at] + more + STORED[at:])


@given(st.lists(st.sampled_from(CHUNKS), max_size=5).filter(lambda chunks: chunks != CHUNKS))
def test_chunks_stay_in_their_places(chunks: list[bytes]) -> None:
    assert is_refused(b"".join(chunks))


def test_a_chunk_of_another_file_and_another_key_do_not_fit() -> None:
    elsewhere = b"".join(sealed([CONTENT], KEY, new_id().bytes + new_id().bytes))
    assert is_refused(elsewhere), "another organization's, or another file's"
    assert is_refused(CHUNKS[0] + elsewhere[SEALED_CHUNK:])
    assert is_refused(STORED, key=os.urandom(32))
    assert is_refused(STORED, belongs_to=HERE[16:] + HERE[:16])


def test_memory_is_bounded_however_long_the_file_is() -> None:
    """Each chunk leaves before the next one is read."""
    taken = 0

    def long() -> Iterator[bytes]:
        nonlocal taken
        for _ in range(200):
            taken += 1
            yield bytes(CHUNK_BYTES)

    for left, _ in enumerate(opened(sealed(long(), KEY, HERE), KEY, HERE)):
        assert taken - left <= 4
