"""What is a logo. Pure."""

from __future__ import annotations

import struct
from typing import Final

from shared.errors import Invalid

BYTES_MAX: Final = 256 * 1024
SIDE_MAX: Final = 4_000
PNG: Final = b"\x89PNG\r\n\x1a\n"
JPEG: Final = b"\xff\xd8\xff"
# Start of frame: the marker that is followed by height and width (ITU-T T.81, table B.1), without DHT, JPG and DAC.
FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}

PER_DAY_MAX: Final = 20


class NoLogo(Invalid):
    """Not a picture that everything which shows logos can show."""

    code = "no_logo"
    detail = f"Send a PNG or JPEG of at most {BYTES_MAX // 1024} KB and {SIDE_MAX} pixels a side."


def media_type_of(content: bytes) -> str:
    """`image/png` or `image/jpeg`, by what is in the file. SVG is no picture but a program. Raises `NoLogo`."""
    if len(content) <= BYTES_MAX:
        for start, media_type, size in ((PNG, "image/png", _png_size), (JPEG, "image/jpeg", _jpeg_size)):
            if content.startswith(start):
                width, height = size(content)
                if 0 < width <= SIDE_MAX and 0 < height <= SIDE_MAX:
                    return media_type
    raise NoLogo()


def _png_size(content: bytes) -> tuple[int, int]:
    """Width and height from the header chunk, which comes first (ISO/IEC 15948, 11.2.2); zeros where it does not."""
    if content[12:16] != b"IHDR" or len(content) < 24:
        return 0, 0
    width, height = struct.unpack(">II", content[16:24])
    return width, height


def _jpeg_size(content: bytes) -> tuple[int, int]:
    """Width and height from the frame header, over the segments before it; zeros where there is none."""
    position = 2
    while position + 9 <= len(content) and content[position] == 0xFF:
        marker = content[position + 1]
        if marker in FRAMES:
            height, width = struct.unpack(">HH", content[position + 5 : position + 9])
            return width, height
        position += 2 + struct.unpack(">H", content[position + 2 : position + 4])[0]
    return 0, 0
