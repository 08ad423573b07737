"""What holds of an organization. Pure."""

from __future__ import annotations

from shared.errors import Invalid

NPI_DIGITS = 10
NPI_PREFIX = "80840"  # card issuer prefix of health applications, United States (ISO 7812)


class InvalidNpi(Invalid):
    """Not a National Provider Identifier."""

    code = "invalid_npi"


def is_npi(text: str) -> bool:
    """Whether `text` is a National Provider Identifier: ten digits whose last is the Luhn check digit over 80840 + NPI.

    Source: CMS, NPI check digit calculation.
    """
    if len(text) != NPI_DIGITS or not (text.isascii() and text.isdigit()) or text[0] not in "12":
        return False
    total = 0
    for position, character in enumerate(reversed(NPI_PREFIX + text)):
        digit = int(character) * (2 if position % 2 else 1)
        total += digit - 9 if digit > 9 else digit
    return total % 10 == 0


def is_tax_id(text: str) -> bool:
    """Whether `text` looks like an EIN (12-3456789): two digits, a hyphen, seven digits."""
    head, hyphen, tail = text.partition("-")
    return hyphen == "-" and len(head) == 2 and len(tail) == 7 and (head + tail).isdigit() and text.isascii()
