"""The API described: one OpenAPI 3.1 document for the whole gateway, and a page to browse it.

The document is made from the services' routes by `make openapi` and committed; a test holds it against them.
The page is three files of our own under a policy that lets nothing else in. They tell nothing but the API's shape.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from flask import Response

HERE: Final = Path(__file__).parent
DOCUMENT: Final = HERE / "openapi.json"
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none'"
)


def _document() -> Response:
    return Response(_read("openapi.json"), content_type="application/json")


def _asset(name: str, kind: str) -> Callable[[], Response]:
    def asset() -> Response:
        response = Response(_read(name), content_type=kind)
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["Cache-Control"] = "no-cache"
        return response

    return asset


@cache
def _read(name: str) -> bytes:
    return (HERE / name).read_bytes()


# By the action that the row of the page names.
VIEWS: Final[Mapping[str, Callable[[], Response]]] = {
    "get_api_document": _document,
    "get_api_page": _asset("page.html", "text/html; charset=utf-8"),
    "get_api_page_script": _asset("page.js", "text/javascript"),
    "get_api_page_style": _asset("page.css", "text/css"),
}
