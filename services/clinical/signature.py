"""What a signature covers: a hash over the content in one canonical form; and under which name it was given."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Final

import orjson


@dataclass(frozen=True, slots=True)
class Signer:
    """The name and the credentials (`LCSW`) somebody signs with; None: not known."""

    name: str | None
    credentials: list[str] | None


NOBODY: Final = Signer(None, None)


def content_hash(content: dict[str, Any]) -> str:
    """SHA-256, in hexadecimal, over the content as JSON with sorted keys: the same content, the same hash."""
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()
