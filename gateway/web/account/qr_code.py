"""The address of an authenticator app as a QR code (ISO/IEC 18004), for a phone beside the screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import segno

# The standard wants four light modules on every side.
QUIET: Final = 4
# Longer ones make modules that a camera no longer tells apart on a screen. An address of ours has 80 to 250.
LONGEST: Final = 600


@dataclass(frozen=True, slots=True)
class QrCode:
    """`size`: modules along a side, with the quiet zone. `path`: the dark ones, as the data of an SVG path."""

    size: int
    path: str


def qr_code_of(text: str) -> QrCode | None:
    """The QR code of a text; None for an empty one and for one that is too long to be scanned."""
    if not 0 < len(text) <= LONGEST:
        return None
    rows = segno.make_qr(text, error="m").matrix
    dark = (f"M{x + QUIET} {y + QUIET}h1v1h-1z" for y, row in enumerate(rows) for x, module in enumerate(row) if module)
    return QrCode(len(rows) + 2 * QUIET, "".join(dark))
