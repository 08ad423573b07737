"""Pictures: what draws is kept byte for byte, what else a file says is not, and what is no whole picture is refused."""

from __future__ import annotations

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.identity.logos.rules import BYTES_MAX, LIMITS, SIDE_MAX, NoLogo, picture_of
from shared.pictures import jpeg as jpegs
from shared.pictures import png as pngs
from shared.testing.pictures import jpeg, png

SECRET = b"GPS 40.7128 N, 74.0060 W"
SIDES = st.integers(0, 65_535)
KINDS = [(colour, depth) for colour, depths in pngs.DEPTHS.items() for depth in depths]
TEXTS = ("tEXt", "zTXt", "iTXt", "eXIf", "tIME", "iCCP", "bKGD", "pHYs", "prVt")
APPLICATIONS = (*range(0xE0, 0xF0), jpegs.COMMENT)
WHOLE = {"png": png(20, 9), "png in passes": png(20, 9, interlaced=True), "jpeg": jpeg(20, 9)}
WHOLE["progressive jpeg"] = jpeg(20, 9, progressive=True)


def is_refused(content: bytes) -> bool:
    try:
        picture_of(content)
    except NoLogo:
        return True
    return False


@given(SIDES, SIDES)
def test_a_jpeg_has_both_sides_and_all_its_pixels_within_the_limits(width: int, height: int) -> None:
    small = jpeg(8, 8)
    content = small.replace(struct.pack(">BHH", 8, 8, 8), struct.pack(">BHH", 8, height, width), 1)
    fits = 0 < width <= SIDE_MAX and 0 < height <= SIDE_MAX and width * height <= LIMITS.pixels_max
    assert is_refused(content) is not fits


@pytest.mark.parametrize(
    "sides", [(1, 1), (SIDE_MAX, 1), (1, SIDE_MAX), (SIDE_MAX, LIMITS.pixels_max // SIDE_MAX), (2_000, 2_000)]
)
def test_a_png_may_be_as_large_as_this(sides: tuple[int, int]) -> None:
    assert not is_refused(png(*sides))


@pytest.mark.parametrize("sides", [(0, 8), (8, 0), (SIDE_MAX + 1, 1), (1, SIDE_MAX + 1), (2_001, 2_000)])
def test_a_png_may_not_be_larger(sides: tuple[int, int]) -> None:
    assert is_refused(png(*sides))


@given(st.sampled_from(KINDS), st.booleans(), st.integers(1, 40), st.integers(1, 40))
def test_every_kind_of_png_is_kept_as_it_is(kind: tuple[int, int], interlaced: bool, width: int, height: int) -> None:
    colour, depth = kind
    content = png(width, height, colour=colour, depth=depth, interlaced=interlaced)
    assert picture_of(content).content == content


@pytest.mark.parametrize("name", WHOLE)
def test_what_draws_is_kept_byte_for_byte(name: str) -> None:
    assert picture_of(WHOLE[name]).content == WHOLE[name]


@given(st.lists(st.tuples(st.sampled_from(TEXTS), st.binary(max_size=60)), max_size=6, unique_by=lambda kind: kind[0]))
def test_what_a_png_says_besides_is_not_kept(texts: list[tuple[str, bytes]]) -> None:
    texts_of_it = b"".join(pngs.chunk(name.encode(), SECRET + more) for name, more in texts)
    assert picture_of(png(9, 9, before=texts_of_it)).content == png(9, 9)


@given(st.lists(st.tuples(st.sampled_from(APPLICATIONS), st.binary(max_size=60)), max_size=6))
def test_what_a_jpeg_says_besides_is_not_kept(texts: list[tuple[int, bytes]]) -> None:
    texts_of_it = b"".join(jpegs.segment(marker, SECRET + more) for marker, more in texts)
    assert picture_of(jpeg(9, 9, texts_of_it)).content == jpeg(9, 9)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("turn", range(10))
def test_which_way_is_up_is_kept_and_nothing_else_of_where_it_was_taken(order: str, turn: int) -> None:
    """The first directory of an Exif segment: a maker's name, and the turn behind it; then what nobody may read."""
    entries = struct.pack(f"{order}HHII", 0x010F, 2, 4, 0) + struct.pack(f"{order}HHIHH", 0x0112, 3, 1, turn, 0)
    start = (b"II" if order == "<" else b"MM") + struct.pack(f"{order}HIH", 42, 8, 2)
    exif = jpegs.segment(0xE1, b"Exif\x00\x00" + start + entries + bytes(4) + SECRET)
    kept = jpegs.segment(0xE1, jpegs.orientation_segment(turn)) if 2 <= turn <= 8 else b""
    assert picture_of(jpeg(9, 9, exif)).content == jpeg(9, 9, kept)
    assert picture_of(jpeg(9, 9, kept)).content == jpeg(9, 9, kept), "twice is as once"


@given(st.binary(max_size=80))
def test_any_exif_is_read_without_failing(damaged: bytes) -> None:
    assert not is_refused(jpeg(9, 9, jpegs.segment(0xE1, b"Exif\x00\x00" + damaged)))
    assert not is_refused(jpeg(9, 9, jpegs.segment(0xE1, b"Exif\x00\x00MM\x00*\x00\x00\x00\x08" + damaged)))


@pytest.mark.parametrize("name", WHOLE)
def test_a_file_that_is_cut_short_or_goes_on_is_refused(name: str) -> None:
    whole = WHOLE[name]
    assert [length for length in range(len(whole)) if not is_refused(whole[:length])] == []
    for more in (b"\x00", b"\xff", b"<html>", whole):
        assert is_refused(whole + more)


@given(st.data())
def test_a_damaged_png_is_refused(data: st.DataObject) -> None:
    whole = WHOLE["png"]
    at, bit = data.draw(st.integers(0, len(whole) - 1)), data.draw(st.integers(0, 7))
    assert is_refused(bytes([*whole[:at], whole[at] ^ 1 << bit, *whole[at + 1 :]]))


@given(st.sampled_from([pngs.SIGNATURE, jpegs.SIGNATURE, b""]), st.binary(max_size=200))
def test_any_bytes_are_refused_and_never_fail(start: bytes, content: bytes) -> None:
    assert is_refused(start + content)


def with_pixels(pixels: bytes, width: int = 8, height: int = 8) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", pixels), (b"IEND", b""))
    return pngs.SIGNATURE + b"".join(pngs.chunk(name, data) for name, data in chunks)


ROWS = (b"\x00" + bytes(8)) * 8
EMPTY = pngs.chunk(b"IDAT", b"")
NO_PICTURES = {
    "more pixels than the header has": with_pixels(zlib.compress(ROWS + b"\x00")),
    "a thousand times as many": with_pixels(zlib.compress(bytes(100_000_000))),
    "fewer pixels than the header has": with_pixels(zlib.compress(ROWS[:-1])),
    "something behind the pixels": with_pixels(zlib.compress(ROWS) + SECRET),
    "a wrong sum": with_pixels(zlib.compress(ROWS)[:-1] + b"\x00"),
    "an unknown filter": with_pixels(zlib.compress(b"\x05" + ROWS[1:])),
    "no pixels": pngs.SIGNATURE + pngs.chunk(b"IHDR", WHOLE["png"][16:29]) + pngs.chunk(b"IEND", b""),
    "pixels in two places": png(8, 8, before=EMPTY + pngs.chunk(b"tEXt", b"")),
    "a second header": png(8, 8, before=pngs.chunk(b"IHDR", WHOLE["png"][16:29])),
    "an end in between": png(8, 8, before=pngs.chunk(b"IEND", b"")),
    "an end that says something": png(8, 8)[:-12] + pngs.chunk(b"IEND", SECRET),
    "a palette twice": png(8, 8, colour=3, before=pngs.chunk(b"PLTE", bytes(3))),
    "a broken palette": png(8, 8, before=pngs.chunk(b"PLTE", bytes(4))),
    "transparency of nothing": png(8, 8, colour=4, before=pngs.chunk(b"tRNS", bytes(2))),
    "a long gamma": png(8, 8, before=pngs.chunk(b"gAMA", SECRET)),
    "a necessary chunk that nobody knows": png(8, 8, before=pngs.chunk(b"TeXt", SECRET)),
    **{f"animated: {name!r}": png(8, 8, before=pngs.chunk(name, bytes(8))) for name in sorted(pngs.ANIMATED)},
    "a depth that there is not": WHOLE["png"].replace(WHOLE["png"][8:33], pngs.chunk(b"IHDR", bytes(13))),
    "arithmetic coding": jpeg(8, 8).replace(b"\xff\xc0", b"\xff\xc9"),
    "two frames": jpeg(8, 8, jpegs.segment(0xC0, b"\x08\x00\x08\x00\x08\x01\x01\x11\x00")),
    "no frame": jpeg(8, 8).replace(b"\xff\xc0", b"\xff\xfe"),
    "no scan": jpeg(8, 8)[: jpeg(8, 8).index(b"\xff\xda")] + b"\xff\xd9",
    "twelve bits": jpeg(8, 8).replace(b"\x08\x00\x08\x00\x08", b"\x0c\x00\x08\x00\x08"),
    "two components": jpeg(8, 8).replace(b"\x08\x00\x08\x00\x08\x01", b"\x08\x00\x08\x00\x08\x02"),
    "a table that says something": jpeg(8, 8, jpegs.segment(jpegs.QUANTIZATION, SECRET)),
    "codes that say something": jpeg(8, 8, jpegs.segment(jpegs.HUFFMAN, SECRET)),
    "a long interval": jpeg(8, 8, jpegs.segment(jpegs.RESTART, SECRET)),
    "a hundred scans": jpeg(8, 8)[:-2]
    + (jpegs.segment(jpegs.SCAN, b"\x01\x01\x00\x00\x3f\x00") + b"\x3f") * 99
    + b"\xff\xd9",
    "too many bytes": png(600, 500, noisy=True),
    "a GIF": b"GIF89a" + bytes(60),
    "a bitmap": b"BM" + bytes(60),
    "a WebP": b"RIFF\x1a\x00\x00\x00WEBPVP8 " + bytes(40),
    "a program": b"<svg xmlns='http://www.w3.org/2000/svg' width='8' height='8'/>",
}


@pytest.mark.parametrize("name", NO_PICTURES)
def test_what_is_not_one_whole_still_picture_is_refused(name: str) -> None:
    assert is_refused(NO_PICTURES[name])


def test_most_bytes_that_a_logo_may_have_are_taken() -> None:
    large = png(508, 508, noisy=True)
    assert BYTES_MAX - 5_000 < len(large) <= BYTES_MAX and picture_of(large).content == large
