"""PNG: its chunks checked, its pixels counted, and only what draws kept.

Source: PNG specification, third edition (W3C), sections 5 (chunks), 8 (interlacing), 10 (compression), 11.2 and 11.3.
Text, time, Exif, colour profiles and private chunks are left out: they may say who made a picture, when and where.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from shared.pictures.limits import Limits, NoPicture

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
ANIMATED: Final = frozenset({b"acTL", b"fcTL", b"fdAT"})
# What says how colours are meant, each with its length. It stands in front of the pixels in this order.
COLOURS: Final = {b"gAMA": 4, b"cHRM": 32, b"sRGB": 1}
GREY, RGB, PALETTE, GREY_ALPHA, RGB_ALPHA = 0, 2, 3, 4, 6
DEPTHS: Final = {
    GREY: (1, 2, 4, 8, 16),
    RGB: (8, 16),
    PALETTE: (1, 2, 4, 8),
    GREY_ALPHA: (8, 16),
    RGB_ALPHA: (8, 16),
}
CHANNELS: Final = {GREY: 1, RGB: 3, PALETTE: 1, GREY_ALPHA: 2, RGB_ALPHA: 4}
FILTERS: Final = 5
PALETTE_MAX: Final = 256
# Adam7: where each pass begins (x, y), and its steps.
PASSES: Final = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
PIECE_BYTES: Final = 4096


@dataclass(frozen=True, slots=True)
class Header:
    """The `IHDR` chunk: sides in pixels, bits of a channel, kind of colour, whether it comes in passes."""

    width: int
    height: int
    depth: int
    colour: int
    interlaced: bool

    def rows(self) -> Iterator[int]:
        """The bytes of each row as it is packed, without the one in front that names its filter."""
        bits = self.depth * CHANNELS[self.colour]
        for left, top, across, down in PASSES if self.interlaced else ((0, 0, 1, 1),):
            columns = -(-(self.width - left) // across)
            if columns > 0:
                for _ in range(top, self.height, down):
                    yield -(-columns * bits // 8)


def drawn(content: bytes, limits: Limits) -> bytes:
    """The picture again, with what draws it and nothing else. Raises `NoPicture`."""
    chunks = list(_chunks(content))
    names = [name for name, _data in chunks]
    if names[:1] != [b"IHDR"] or names[-1] != b"IEND" or names.count(b"IEND") > 1 or ANIMATED & set(names):
        raise NoPicture("its chunks are not those of one still picture")
    if b"IDAT" not in names:
        raise NoPicture("it has no pixels")
    first = names.index(b"IDAT")
    if names[first : first + names.count(b"IDAT")] != [b"IDAT"] * names.count(b"IDAT"):
        raise NoPicture("its pixels are not in one place")
    header = _header(chunks[0][1])
    limits.check(header.width, header.height)
    kept = _kept_once(chunks[1:first])
    _check_colours(header, kept)
    pixels = b"".join(data for name, data in chunks if name == b"IDAT")
    _check_pixels(header, pixels)
    order = (*COLOURS, b"PLTE", b"tRNS")
    written = [(b"IHDR", chunks[0][1]), *((name, kept[name]) for name in order if name in kept), (b"IDAT", pixels)]
    return SIGNATURE + b"".join(chunk(name, data) for name, data in (*written, (b"IEND", b"")))


def chunk(name: bytes, data: bytes) -> bytes:
    """One chunk: length, name, data, and the sum over both."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Name and data of each chunk. What is necessary and unknown, broken or cut short is refused."""
    at = len(SIGNATURE)
    while at < len(content):
        if len(content) - at < 12:
            raise NoPicture("a chunk is cut short")
        (length,) = struct.unpack_from(">I", content, at)
        name, data = content[at + 4 : at + 8], content[at + 8 : at + 8 + length]
        if content[at : at + 12 + length] != chunk(name, data):
            raise NoPicture("a chunk is cut short, or is not what its sum says")
        if not name.isalpha() or (name[:1].isupper() and name not in {b"IHDR", b"PLTE", b"IDAT", b"IEND"}):
            raise NoPicture("a chunk that is necessary and unknown")
        if name == b"IEND" and data:
            raise NoPicture("something stands in its end")
        yield name, data
        at += 12 + length


def _header(data: bytes) -> Header:
    if len(data) != 13:
        raise NoPicture("its header has another length")
    width, height, depth, colour, compression, filtering, interlacing = struct.unpack(">IIBBBBB", data)
    if depth not in DEPTHS.get(colour, ()) or compression or filtering or interlacing > 1:
        raise NoPicture("its header is of no kind there is")
    return Header(width, height, depth, colour, bool(interlacing))


def _kept_once(chunks: list[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """What stands in front of the pixels and draws, by its name."""
    kept: dict[bytes, bytes] = {}
    for name, data in chunks:
        if name in kept or name == b"IHDR" or len(data) != COLOURS.get(name, len(data)):
            raise NoPicture("a chunk comes twice, or has another length")
        if name in {*COLOURS, b"PLTE", b"tRNS"}:
            kept[name] = data
    return kept


def _check_colours(header: Header, kept: dict[bytes, bytes]) -> None:
    palette = kept.get(b"PLTE", b"")
    if len(palette) % 3 or len(palette) > 3 * PALETTE_MAX or (header.colour == PALETTE and not palette):
        raise NoPicture("its palette is none")
    if header.colour != PALETTE:
        kept.pop(b"PLTE", None)  # a suggestion for screens of few colours
    if b"tRNS" in kept:
        length = len(kept[b"tRNS"])
        fits = {GREY: length == 2, RGB: length == 6, PALETTE: 0 < length <= len(palette) // 3}
        if not fits.get(header.colour, False):
            raise NoPicture("what is transparent fits nothing")


def _check_pixels(header: Header, packed: bytes) -> None:
    """Whether exactly the pixels of the header come out. Unpacked row by row, so that memory stays flat."""
    inflater = _Inflater(packed)
    try:
        for length in header.rows():
            if inflater.take(length + 1)[0] >= FILTERS:
                raise NoPicture("a row has an unknown filter")
        inflater.finish()
    except zlib.error as error:
        raise NoPicture("its pixels are damaged") from error


class _Inflater:
    """Unpacks a zlib stream piece by piece."""

    def __init__(self, packed: bytes) -> None:
        self._stream = zlib.decompressobj()
        self._pieces = iter([packed[at : at + PIECE_BYTES] for at in range(0, len(packed), PIECE_BYTES)])
        self._waiting = b""

    def take(self, size: int) -> bytes:
        """The next `size` bytes. Raises `NoPicture` where there are fewer."""
        taken = b""
        while len(taken) < size:
            piece = self._waiting or next(self._pieces, b"")
            more = self._stream.decompress(piece, size - len(taken))
            self._waiting = self._stream.unconsumed_tail
            if not more and not piece:
                raise NoPicture("it has fewer pixels than it says")
            taken += more
        return taken

    def finish(self) -> None:
        """Raises `NoPicture` unless the stream ends here, and nothing stands behind it."""
        more = self._stream.decompress(self._waiting + b"".join(self._pieces), 1)
        if more or not self._stream.eof or self._stream.unused_data:
            raise NoPicture("it has more in it than its pixels")
