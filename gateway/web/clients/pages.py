"""The list of clients."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from flask import Response

from gateway.web.clients import overview
from gateway.web.page import Page

LISTED: Final = 50


def show_clients(page: Page) -> Response:
    """Clients by name."""
    found = page.need("GET /clients", limit=LISTED, cursor=page.query.get("cursor"))
    return page.show("clients/clients.html", clients=found["items"], next_cursor=found["next_cursor"])


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {
    "GET /clients": show_clients,
    **overview.PAGES,
}
