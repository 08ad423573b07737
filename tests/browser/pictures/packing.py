"""A picture in few bytes: 256 colours, which is as many as a page has, and nothing thrown away besides."""

from __future__ import annotations

import base64
import struct
import zlib
from collections import Counter
from functools import partial
from typing import Final

from playwright.sync_api import Page

COLOURS: Final = 256
PLAIN: Final = 64  # of them the most frequent, whatever they are; the others are not alike
ALIKE: Final = 0xFFF8F8F8
# What a picture's dots are, red, green, blue and one byte more each: the browser unpacks it.
DOTS: Final = """
async packed => {
  const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
  const picture = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
  const canvas = new OffscreenCanvas(picture.width, picture.height);
  const context = canvas.getContext("2d");
  context.drawImage(picture, 0, 0);
  const { data } = context.getImageData(0, 0, picture.width, picture.height);
  const parts = [];
  for (let at = 0; at < data.length; at += 32768)
    parts.push(String.fromCharCode.apply(null, data.subarray(at, at + 32768)));
  return [picture.width, picture.height, btoa(parts.join(""))];
}
"""


def packed(png: bytes, blank: Page) -> bytes:
    """The same picture as a PNG with a palette; `blank` is any page that loads nothing."""
    width, height, encoded = blank.evaluate(DOTS, base64.b64encode(png).decode())
    dots = memoryview(base64.b64decode(encoded)).cast("I")
    counted = Counter(dots).most_common()
    palette = [dot for dot, _ in counted[:PLAIN]]
    alike: dict[int, int] = {}  # colours that nobody tells apart -> the most frequent of them
    for dot, _ in counted:
        alike.setdefault(dot & ALIKE, dot)
    palette += [dot for dot in alike.values() if dot not in palette][: COLOURS - PLAIN]
    place = {dot: at for at, dot in enumerate(palette)}
    nearest = {key: min(range(len(palette)), key=partial(_apart, dot, palette)) for key, dot in alike.items()}
    place = {dot: place.get(dot, nearest[dot & ALIKE]) for dot, _ in counted}
    rows = bytes(map(place.__getitem__, dots))
    lines = b"".join(b"\0" + rows[at : at + width] for at in range(0, len(rows), width))
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
            _chunk(b"PLTE", b"".join(dot.to_bytes(4, "little")[:3] for dot in palette)),
            _chunk(b"IDAT", zlib.compress(lines, 9)),
            _chunk(b"IEND", b""),
        )
    )


def _apart(pixel: int, palette: list[int], at: int) -> int:
    """How far a colour is from one of the palette: the squares of what red, green and blue differ by."""
    other = palette[at]
    return sum(((pixel >> by & 255) - (other >> by & 255)) ** 2 for by in (0, 8, 16))


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
