"""What is a logo. Pure."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Final

import imagesize

from shared.errors import Invalid

BYTES_MAX: Final = 256 * 1024
SIDE_MAX: Final = 4_000
PNG: Final = b"\x89PNG\r\n\x1a\n"
JPEG: Final = b"\xff\xd8\xff"

PER_DAY_MAX: Final = 20


class NoLogo(Invalid):
    """Not a picture that everything which shows logos can show."""

    code = "no_logo"
    detail = f"Send a PNG or JPEG of at most {BYTES_MAX // 1024} KB and {SIDE_MAX} pixels a side."


@dataclass(frozen=True, slots=True)
class Picture:
    """The bytes of a picture, and its media type."""

    media_type: str
    content: bytes


def picture_of(content: bytes) -> Picture:
    """A PNG or a JPEG, by what is in the file. SVG is no picture but a program. Raises `NoLogo`."""
    if len(content) <= BYTES_MAX:
        for start, media_type in ((PNG, "image/png"), (JPEG, "image/jpeg")):
            # The start decides what it is. What it would have to be read as is not left to the library, which knows
            # ten more kinds; of a picture that it cannot read it says a side of -1.
            if content.startswith(start):
                sides = imagesize.get(io.BytesIO(content), exif_rotation=False)
                if all(0 < side <= SIDE_MAX for side in sides):
                    return Picture(media_type, content)
    raise NoLogo()
