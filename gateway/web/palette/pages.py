"""Clients by what was typed into the palette."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from flask import Response

from gateway.web.page import Page

SEARCH: Final = "POST /clients/search"
SHOWN: Final = 6


def find(page: Page) -> Response:
    """Those who match, as options of the palette. What cannot be searched for finds nobody."""
    words = page.form.text("words").strip()
    found = page.ask(SEARCH, body={"query": words, "limit": SHOWN}) if words else None
    if found is not None and not found.ok and found.status != 422:
        return page.problem(found)
    return page.show("palette/_found.html", clients=found.value["items"] if found is not None and found.ok else [])


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {"POST /palette": find}
