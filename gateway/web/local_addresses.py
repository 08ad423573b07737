"""Addresses and ids of ours that come from outside: from a form, a query or a header. Pure."""

from __future__ import annotations

import re
from typing import Final
from uuid import UUID

# One slash, then no second one, and nothing but what an address is written with. Browsers read a backslash as a slash
# and leave tabs and newlines out: a backslash, or a tab and a slash, after the first slash would lead to another host.
_LOCAL: Final = re.compile(r"/(?!/)[!-\[\]-~]*")
_WHOLE: Final = re.compile(r"https?://[^/?#\\\s]+(/[^?#]*)(?:[?#].*)?")


def is_local(text: str) -> bool:
    r"""Whether a text that came from outside is an address of ours to every browser.

    >>> [is_local(text) for text in ("/home", "/clients?q=a%5cb", "/%5cx", "/\\x", "//x", "/\tx", "https:x", "")]
    [True, True, True, False, False, False, False, False]
    """
    return _LOCAL.fullmatch(text) is not None


def path_of(address: str) -> str | None:
    """The path in the whole address of the page that a browser shows; None where it is no address of ours.

    >>> path_of("https://practice.example/clients/new?name=Ada"), path_of("https://practice.example//evil.example")
    ('/clients/new', None)
    """
    whole = _WHOLE.fullmatch(address)
    return whole[1] if whole and is_local(whole[1]) else None


def is_id(text: str) -> bool:
    """Whether that is an id as the API gives them; anything else names nothing, and reaches no service's path."""
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
