"""What is a logo. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from shared.errors import Invalid
from shared.files.kinds import Kind
from shared.pictures import jpeg, png
from shared.pictures.limits import Limits, NoPicture
from shared.sizes import size_in_words

BYTES_MAX: Final = 256 * 1024
SIDE_MAX: Final = 4_000
MEGAPIXELS_MAX: Final = 4
LIMITS: Final = Limits(SIDE_MAX, MEGAPIXELS_MAX * 1_000_000)

LOGO_FILE: Final = Kind("logo", frozenset({"image/png", "image/jpeg"}), BYTES_MAX)

PER_DAY_MAX: Final = 20


class NoLogo(Invalid):
    """Not a picture that everything which shows logos can show."""

    code = "no_logo"
    detail = (
        f"Send a whole PNG or JPEG that is not animated, of at most {size_in_words(BYTES_MAX)}, {SIDE_MAX} pixels a "
        f"side and {MEGAPIXELS_MAX} megapixels."
    )


@dataclass(frozen=True, slots=True)
class Picture:
    """The bytes of a picture, and its media type."""

    media_type: str
    content: bytes


def picture_of(content: bytes) -> Picture:
    """A PNG or a JPEG, by what is in the file, with nothing in it but what draws. Raises `NoLogo`.

    SVG is no picture but a program. What else a file says, such as where a photograph was taken, is not kept.
    """
    if len(content) > BYTES_MAX:
        raise NoLogo()
    try:
        if content.startswith(png.SIGNATURE):
            return Picture("image/png", png.drawn(content, LIMITS))
        if content.startswith(jpeg.SIGNATURE):
            return Picture("image/jpeg", jpeg.drawn(content, LIMITS))
    except NoPicture as error:
        raise NoLogo() from error
    raise NoLogo()
