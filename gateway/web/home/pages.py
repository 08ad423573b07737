"""Home."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from flask import Response

from gateway.web.page import Page


def show_home(page: Page) -> Response:
    """The greeting, and what is to be done."""
    return page.show("home/home.html")


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {"GET /home": show_home}
