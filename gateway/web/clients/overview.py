"""The first page of a chart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from flask import Response

from gateway.web.clients.chart import chart_of
from gateway.web.page import Page


def show_overview(page: Page) -> Response:
    """What matters of one client, at a look."""
    return page.show("clients/overview.html", chart=chart_of(page, page.ids["client_id"]))


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {"GET /clients/{client_id}": show_overview}
