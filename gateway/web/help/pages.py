"""Help."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from flask import Response

from gateway.web.page import Page


def show_help(page: Page) -> Response:
    """What there is to read."""
    return page.show("help/help.html")


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {"GET /help": show_help}
