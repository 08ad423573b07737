"""What a text says to somebody who reads it, and what makes two of them the same.

Texts come from keyboards, from other programs and from the clipboard. What they hold is judged here once: whether there
is anything to see, how their lines end, and when two addresses or two passwords are equal.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from hashlib import sha256
from typing import Final
from unicodedata import category, name, normalize
from uuid import UUID

from email_validator import EmailNotValidError, validate_email

EMAILS_KEPT: Final = 1_024  # more than the addresses of a step of an import, which compares each several times
DIGITS_MAX: Final = 15  # more than any count, version or amount has; beyond it a browser loses digits
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ID: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
# General categories (Unicode, chapter 4.5) of which a reader sees nothing: separators, controls, formats, surrogates,
# and code points that are not assigned.
_UNSEEN: Final = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Cn"})
# Letters, marks and signs that are drawn as nothing: the combining grapheme joiner, the fillers of Hangul, the inherent
# vowels of Khmer, Mongolian and other variation selectors, the blank of Braille, the null notehead.
_BLANK: Final = frozenset(
    map(
        chr,
        (
            *(0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180C, 0x180D, 0x180F, 0x2800, 0x3164, 0xFFA0, 0x1D159),
            *range(0xFE00, 0xFE10),
            *range(0xE0100, 0xE01F0),
        ),
    )
)
# Embeddings, overrides and isolates turn the direction of writing over (UAX #9), so that a text reads otherwise than it
# is stored; separators of lines and paragraphs break lines where nobody sees a line break.
_TURNING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029")

# What web pages and word processors leave in a text they are copied from, and what is used to make two texts differ
# that read alike: soft hyphens, spaces and joiners of no width, marks of byte order, operators and annotations that are
# not drawn, formats that Unicode has given up, tags. Marks of direction of a single place are none of them, nor are
# joiners behind what needs them.
_LEFTOVER: Final = re.compile(
    "[\u00ad\u034f\u180e\u200b\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)

_JOINERS: Final = frozenset("\u200c\u200d")
# Scripts in which a joiner says how the letter before it is drawn (Unicode, sections 9, 12, 13 and 16 to 19), by the
# first word of their letters' names; of emoji it makes one picture of two.
_JOINED: Final = frozenset(
    (
        *("ARABIC", "SYRIAC", "MANDAIC", "NKO", "MONGOLIAN", "DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI", "ORIYA"),
        *("TAMIL", "TELUGU", "KANNADA", "MALAYALAM", "SINHALA", "KHMER", "MYANMAR", "TIBETAN", "BALINESE", "JAVANESE"),
        *("SUNDANESE", "CHAKMA", "GRANTHA", "NEWA", "MEETEI", "LIMBU", "LEPCHA", "THAANA", "HANIFI", "SYLOTI"),
    )
)
_PICTURES: Final = frozenset({"So", "Sk"})
_AS_PICTURE: Final = "\ufe0f"


def has_something_to_see(text: str) -> bool:
    """Whether a reader would see anything: one character that is drawn as more than nothing."""
    return any(category(character) not in _UNSEEN and character not in _BLANK for character in text)


def with_plain_line_ends(text: str) -> str:
    r"""The text with its lines ended by `\n`, where another program wrote `\r\n` or `\r`."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def without_leftovers(text: str) -> str:
    r"""The text without the characters that nobody sees and no script needs, and then without blanks around it.

    >>> without_leftovers("Smi\u00adth\u200b"), without_leftovers("Smi\u200cth"), without_leftovers(" as it came ")
    ('Smith', 'Smith', ' as it came ')
    """
    kept = _LEFTOVER.sub("", text)
    if not _JOINERS.isdisjoint(kept):
        kept = "".join(
            character for place, character in enumerate(kept) if character not in _JOINERS or _joins(kept[:place][-1:])
        )
    return text if kept == text else kept.strip()


def _joins(before: str) -> bool:
    """Whether a joiner means something behind this character; behind nothing, or another joiner, it does not."""
    if not before:
        return False
    if category(before) in _PICTURES or before == _AS_PICTURE:
        return True
    return name(before, "").partition(" ")[0] in _JOINED and category(before) != "Cf"


def first_unreadable(text: str, *, lines: bool) -> int | None:
    r"""The place (from 0) of the first character that must not stand in a text, or None.

    Refused are control characters and those that turn the direction of writing; `lines` lets `\n` and tabs pass.
    """
    allowed = "\n\t" if lines else ""
    for place, character in enumerate(text):
        if character in _TURNING or (category(character) == "Cc" and character not in allowed):
            return place
    return None


@lru_cache(maxsize=EMAILS_KEPT)
def comparable_email(address: str) -> str:
    """The form in which two addresses of one mailbox are equal: domain in Unicode, composed, letters folded.

    What is no address is folded as it is, and so equals no address that was ever taken.
    """
    try:
        address = validate_email(address.strip(), check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError:
        address = normalize("NFC", address.strip())
    return address.casefold()


def email_hash(organization_id: UUID, comparable: str) -> str:
    """SHA-256 of an address in its comparable form, as 64 digits: two services know by it that an address is the same,
    and neither tells it. In another practice the same address has another hash.
    """
    return sha256(f"{organization_id} {comparable}".encode()).hexdigest()


def comparable_password(password: str) -> str:
    """A password as it is hashed and compared: composed (NFC), so that every keyboard types the same one."""
    return normalize("NFC", password)


def whole_number(text: str, *, digits_max: int = DIGITS_MAX) -> int | None:
    r"""The number that 1 to `digits_max` digits from 0 to 9 write, or None.

    Python's `int` takes `\u0663`, `5_0`, `+5` and blanks as well, which no form, header or address of ours means.
    """
    if len(text) > digits_max or not (text.isascii() and text.isdecimal()):
        return None
    return int(text)


def calendar_day(text: str) -> date | None:
    """The day that `YYYY-MM-DD` writes, or None. Python reads `20260131` and weeks (`2026-W05-6`) as well."""
    if not _DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def identifier(text: str) -> UUID | None:
    """The id that a UUID in its one spelling writes (RFC 9562, section 4; capitals are read too), or None.

    Python reads braces, `urn:uuid:`, no hyphens or some elsewhere, and the digits of other scripts as well.
    """
    return UUID(text) if _ID.fullmatch(text) else None
