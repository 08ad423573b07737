"""Passwords that leaked somewhere, looked up without asking anybody.

The file is the one that Have I Been Pwned gives out as "SHA-1, ordered by hash": a line per password, forty capital
hexadecimal digits, a colon, how often it was seen. It is tens of gigabytes, so it is searched where it lies.
"""

from __future__ import annotations

import hashlib
import mmap
from pathlib import Path
from typing import Final

from shared.settings import MissingSetting

HASH_DIGITS: Final = 40


class BreachedPasswords:
    """A sorted file of hashes, mapped and not read; without a file nothing is known to have leaked."""

    def __init__(self, path: str = "") -> None:
        """Raises `MissingSetting` for a file that is not there, is empty or does not begin with a hash."""
        self._lines: mmap.mmap | None = None
        if not path:
            return
        try:
            with Path(path).open("rb") as file:
                self._lines = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as error:
            raise MissingSetting(f"BREACHED_PASSWORDS_FILE cannot be read: {path}") from error
        first = self._lines[:HASH_DIGITS]
        if len(first) < HASH_DIGITS or first.strip(b"0123456789ABCDEF"):
            raise MissingSetting(f"BREACHED_PASSWORDS_FILE must hold SHA-1 hashes in capitals, ordered: {path}")

    def __contains__(self, password: object) -> bool:
        """Whether this password is in the file: a binary search over its bytes, about forty looks for all of it."""
        if self._lines is None or not isinstance(password, str):
            return False
        digest = hashlib.sha1(password.encode("utf-8", "surrogatepass"), usedforsecurity=False)
        wanted = digest.hexdigest().upper().encode()
        low, high = 0, len(self._lines)  # the line, if there, starts at `low` or later and before `high`
        while low < high:
            middle = (low + high) // 2
            start = self._lines.rfind(b"\n", low, middle) + 1 or low
            found = self._lines[start : start + HASH_DIGITS]
            if found == wanted:
                return True
            if found < wanted:
                end = self._lines.find(b"\n", start)
                low = len(self._lines) if end < 0 else end + 1
            else:
                high = start
        return False
