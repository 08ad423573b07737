"""Pictures for tests, as programs write them."""

from __future__ import annotations

import random
import struct
import zlib

from shared.pictures import jpeg as jpegs
from shared.pictures import png as pngs


def png(
    width: int,
    height: int,
    *,
    depth: int = 8,
    colour: int = pngs.GREY,
    interlaced: bool = False,
    before: bytes = b"",
    noisy: bool = False,
) -> bytes:
    """A PNG of one colour, or of noise, which does not get smaller; `before` are chunks in front of its pixels."""
    header = pngs.Header(width, height, depth, colour, interlaced)
    chance = random.Random(width * height)
    rows = (b"\x00" + (chance.randbytes(length) if noisy else bytes(length)) for length in header.rows())
    chunks = (
        pngs.chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, int(interlaced))),
        before,
        pngs.chunk(b"PLTE", bytes(range(6))) if colour == pngs.PALETTE else b"",
        pngs.chunk(b"IDAT", zlib.compress(b"".join(rows))),
        pngs.chunk(b"IEND", b""),
    )
    return pngs.SIGNATURE + b"".join(chunks)


def jpeg(width: int, height: int, before: bytes = b"", *, progressive: bool = False) -> bytes:
    """A grey JPEG; `before` are segments in front of its frame."""
    frame = struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00"
    codes = bytes([1, *[0] * 15, 0])  # one code: the difference 0, or the end of a block
    blocks = -(-width // 8) * -(-height // 8)
    bits = blocks if progressive else 2 * blocks
    pixels = bytes(bits // 8) + (bytes([0xFF >> bits % 8]) if bits % 8 else b"")  # filled up with ones
    return b"".join(
        (
            b"\xff\xd8",
            jpegs.segment(jpegs.JFIF, b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"),
            before,
            jpegs.segment(jpegs.QUANTIZATION, b"\x00" + b"\x01" * 64),
            jpegs.segment(0xC2 if progressive else 0xC0, frame),
            jpegs.segment(jpegs.HUFFMAN, b"\x00" + codes + b"\x10" + codes),
            jpegs.segment(jpegs.SCAN, b"\x01\x01\x00" + (b"\x00\x00\x00" if progressive else b"\x00\x3f\x00")),
            pixels,
            b"\xff\xd9",
        )
    )
