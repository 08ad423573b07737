"""Examples of requests: they stand beside the route, in the API document, and in what tests send.

A value `{client_id}` stands for the id of a record, `{password}` for a password: tests put in their own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final
from zlib import crc32

_STANDS_FOR: Final = re.compile(r"^{(\w+)}$")
PASSWORD: Final = "herons-over-the-old-mill"  # noqa: S105 - what the document shows


class _Illustrations(dict[str, str]):
    """What the document shows: an id of its own for each kind of record, a password that nobody has."""

    def __missing__(self, name: str) -> str:
        if name == "password":
            return PASSWORD
        if not name.endswith("_id"):
            raise KeyError(f"nothing illustrates {{{name}}}")
        return f"019a2090-0000-7000-8000-{crc32(name.encode()):012x}"


ILLUSTRATIONS: Final[Mapping[str, str]] = _Illustrations()


def filled(example: Any, values: Mapping[str, str] = ILLUSTRATIONS) -> Any:
    """The example with `values` in the places that stand for them. Raises `KeyError` for one that is not there."""
    if isinstance(example, str):
        named = _STANDS_FOR.match(example)
        return values[named.group(1)] if named else example
    if isinstance(example, Mapping):
        return {name: filled(value, values) for name, value in example.items()}
    if isinstance(example, list | tuple):
        return [filled(value, values) for value in example]
    return example
