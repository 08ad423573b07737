"""Help: the guide of `docs/guide`, as pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from flask import Response

from gateway.web.help.views import guide, pages_of_guide
from gateway.web.page import ApiResponse, Page, Problem

_NO_PAGE: Final = ApiResponse(404, {"status": 404, "code": "not_found", "detail": "", "errors": []})


def show_help(page: Page) -> Response:
    """What there is to read."""
    return page.show("help/help.html", topics=pages_of_guide())


def show_topic(page: Page) -> Response:
    """One page of the guide."""
    topic = guide().get(page.ids["topic"])
    if topic is None:
        raise Problem(_NO_PAGE)
    return page.show("help/topic.html", topic=topic, topics=pages_of_guide())


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {"GET /help": show_help, "GET /help/{topic}": show_topic}
