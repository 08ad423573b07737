"""JPEG: its segments checked, and only what draws kept.

Source: ITU-T T.81, annex B (segments), JFIF 1.02, Exif 2.32 section 4.6.2 (one tag of it says which way is up).
Comments, Exif, XMP, colour profiles, thumbnails and makers' notes are left out: they may say who took a photograph,
when and where. Which way is up is written anew. Whether all coded pixels are there cannot be told without drawing.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from typing import Final

from shared.pictures.limits import Limits, NoPicture

SIGNATURE: Final = b"\xff\xd8\xff"
START, END, SCAN, COMMENT = 0xD8, 0xD9, 0xDA, 0xFE
QUANTIZATION, HUFFMAN, RESTART = 0xDB, 0xC4, 0xDD
FRAMES: Final = frozenset({0xC0, 0xC1, 0xC2})  # baseline, extended, progressive: what browsers draw
APPLICATIONS: Final = frozenset(range(0xE0, 0xF0))
JFIF, EXIF, ADOBE = 0xE0, 0xE1, 0xEE
COMPONENTS: Final = frozenset({1, 3, 4})
SCANS_MAX: Final = 64  # a progressive picture has about ten; to draw each takes all of its blocks
UPRIGHT, TURNS = 1, range(1, 9)
ORIENTATION_TAG, SHORT = 0x0112, 3
_MARKER: Final = re.compile(rb"\xff+([\x01-\xfe])")
# In coded pixels 0xFF stands in front of 0x00 or of a restart; in front of anything else it begins the next segment.
_SCAN_ENDS: Final = re.compile(rb"\xff+[\x01-\xcf\xd8-\xfe]")


def drawn(content: bytes, limits: Limits) -> bytes:
    """The picture again, with what draws it and nothing else. Raises `NoPicture`."""
    heads: dict[int, bytes] = {}
    body: list[bytes] = []
    frames = scans = 0
    for marker, data, pixels in _segments(content):
        if marker in FRAMES:
            _check_frame(data, limits)
            frames += 1
        elif marker in _CHECKS:
            _CHECKS[marker](data)
        elif marker in APPLICATIONS or marker == COMMENT:
            head = _head(marker, data)
            if head:
                heads.setdefault(marker, segment(marker, head))
            continue
        else:
            raise NoPicture("a segment of a kind that browsers do not draw")
        if marker == SCAN:
            scans += 1
            if frames != 1 or not pixels:
                raise NoPicture("pixels without a frame, or a scan without pixels")
        body.append(segment(marker, data) + pixels)
    if frames != 1 or not 0 < scans <= SCANS_MAX:
        raise NoPicture("not one picture")
    front = b"".join(heads[marker] for marker in (JFIF, EXIF, ADOBE) if marker in heads)
    return b"\xff\xd8" + front + b"".join(body) + b"\xff\xd9"


def segment(marker: int, data: bytes) -> bytes:
    """One segment: marker, length, data."""
    return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data


def orientation_segment(turn: int) -> bytes:
    """The data of an Exif segment that says which way is up (1 to 8), and nothing else."""
    return b"Exif\x00\x00MM\x00*" + struct.pack(">IHHHIHHI", 8, 1, ORIENTATION_TAG, SHORT, 1, turn, 0, 0)


def _segments(content: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Marker, data, and for a scan its coded pixels. Raises `NoPicture` where it is cut short or goes on too long."""
    at = 2
    while True:
        marker, at = _marker(content, at)
        if marker == END:
            if at != len(content):
                raise NoPicture("something stands behind its end")
            return
        length = int.from_bytes(content[at : at + 2], "big")
        data, pixels = content[at + 2 : at + length], b""
        if length < 2 or len(data) != length - 2:
            raise NoPicture("a segment is cut short")
        at += length
        if marker == SCAN:
            ends = _SCAN_ENDS.search(content, at)
            if ends is None:
                raise NoPicture("its pixels are cut short")
            pixels, at = content[at : ends.start()], ends.start()
        yield marker, data, pixels


def _marker(content: bytes, at: int) -> tuple[int, int]:
    """The marker that stands here, and the place behind it. It may have any number of 0xFF in front."""
    found = _MARKER.match(content, at)
    if found is None:
        raise NoPicture("no segment where one should be")
    return found[1][0], found.end()


def _head(marker: int, data: bytes) -> bytes:
    """What is kept of a segment that only a program reads: nothing, unless it says how the picture is drawn."""
    if marker == JFIF and data.startswith(b"JFIF\x00") and len(data) >= 14:
        return data[:12] + b"\x00\x00"  # without its thumbnail
    if marker == ADOBE and data.startswith(b"Adobe") and len(data) >= 12:
        return data[:12]
    if marker == EXIF and data.startswith(b"Exif\x00\x00"):
        turn = _orientation(data[6:])
        return orientation_segment(turn) if turn != UPRIGHT else b""
    return b""


def _orientation(tiff: bytes) -> int:
    """Which way is up, by the first directory of an Exif segment; upright where it does not say so."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    try:
        (at,) = struct.unpack_from(f"{order or '>'}I", tiff, 4)
        (entries,) = struct.unpack_from(f"{order or '>'}H", tiff, at)
        for place in range(at + 2, at + 2 + 12 * entries, 12):
            tag, kind, count, turn = struct.unpack_from(f"{order or '>'}HHIH", tiff, place)
            if order and (tag, kind, count) == (ORIENTATION_TAG, SHORT, 1) and turn in TURNS:
                return int(turn)
    except struct.error:
        pass
    return UPRIGHT


def _check_frame(data: bytes, limits: Limits) -> None:
    if len(data) < 6:
        raise NoPicture("its frame is cut short")
    precision, height, width, components = struct.unpack_from(">BHHB", data)
    if precision != 8 or components not in COMPONENTS or len(data) != 6 + 3 * components:
        raise NoPicture("its frame is of a kind that browsers do not draw")
    limits.check(width, height)


def _check_scan(data: bytes) -> None:
    if not data or not 1 <= data[0] <= 4 or len(data) != 4 + 2 * data[0]:
        raise NoPicture("a scan has another length")


def _check_quantization(data: bytes) -> None:
    while data:
        length = 1 + 64 * (1 + (data[0] >> 4))
        if data[0] >> 4 > 1 or data[0] & 15 > 3 or len(data) < length:
            raise NoPicture("a table of quantization is none")
        data = data[length:]


def _check_huffman(data: bytes) -> None:
    while data:
        length = 17 + sum(data[1:17])
        if data[0] >> 4 > 1 or data[0] & 15 > 3 or length > 17 + 256 or len(data) < length:
            raise NoPicture("a table of codes is none")
        data = data[length:]


def _check_restart(data: bytes) -> None:
    if len(data) != 2:
        raise NoPicture("a restart interval has another length")


_CHECKS: Final = {
    SCAN: _check_scan,
    QUANTIZATION: _check_quantization,
    HUFFMAN: _check_huffman,
    RESTART: _check_restart,
}
