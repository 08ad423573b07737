"""What a signature covers: a hash over the content in one canonical form."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson


def content_hash(content: dict[str, Any]) -> str:
    """SHA-256, in hexadecimal, over the content as JSON with sorted keys: the same content, the same hash."""
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()
