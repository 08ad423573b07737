"""What recovery codes look like. Pure."""

from __future__ import annotations

import secrets
from typing import Final

RECOVERY_CODES: Final = 10
_ALPHABET: Final = "23456789abcdefghjkmnpqrstuvwxyz"  # nothing that looks like something else


def fresh_recovery_codes() -> list[str]:
    """Ten codes of fifty bits, written as five and five."""
    return [f"{_letters(5)}-{_letters(5)}" for _ in range(RECOVERY_CODES)]


def normalised_recovery_code(code: str) -> str:
    """As it was given out, however it was typed."""
    letters = "".join(letter for letter in code.lower() if letter.isalnum())
    return f"{letters[:5]}-{letters[5:]}"


def _letters(count: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(count))
