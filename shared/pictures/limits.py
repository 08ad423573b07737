"""How large a picture may be, and the word for what is none."""

from __future__ import annotations

from dataclasses import dataclass


class NoPicture(ValueError):
    """The bytes are not one whole, still picture within the limits."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The most pixels of each side, and of both multiplied: what a program that shows it holds in memory."""

    side_max: int
    pixels_max: int

    def check(self, width: int, height: int) -> None:
        """Raises `NoPicture` for a side that is none or too long, and for too many pixels."""
        if not (0 < width <= self.side_max and 0 < height <= self.side_max and width * height <= self.pixels_max):
            raise NoPicture(f"{width} by {height} pixels")
