"""Sizes as sentences say them."""

from __future__ import annotations

from typing import Final

KILO: Final = 1024


def size_in_words(count: int) -> str:
    """That many bytes in the largest unit that says them whole: "10 MB", "256 KB", "1,500 bytes"."""
    for unit, size in (("MB", KILO * KILO), ("KB", KILO)):
        if count >= size and count % size == 0:
            return f"{count // size:,} {unit}"
    return f"{count:,} {'byte' if count == 1 else 'bytes'}"
