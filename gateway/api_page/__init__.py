"""The API described: one OpenAPI 3.1 document for the whole gateway, and a page to browse it.

The document is made from the services' routes by `make openapi` and committed; a test holds it against them.
The page is three files of our own under a policy that lets nothing else in.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final

from flask import Flask, Response

from gateway.route_table import PREFIX

HERE: Final = Path(__file__).parent
DOCUMENT: Final = HERE / "openapi.json"
ASSETS: Final = {"docs": "text/html; charset=utf-8", "docs.js": "text/javascript", "docs.css": "text/css"}
FILES: Final = {"docs": "page.html", "docs.js": "page.js", "docs.css": "page.css"}
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none'"
)


Page = Callable[[], Response]


def add_to(app: Flask, prefix: str, limited: Callable[[Page], Page]) -> None:
    """Serve `openapi.json`, `docs` and the page's assets below `prefix`; they tell nothing but the API's shape."""

    def openapi() -> Response:
        return Response(_read("openapi.json"), content_type="application/json")

    app.add_url_rule(f"{prefix}/openapi.json", endpoint="openapi", view_func=limited(openapi))
    for name, kind in ASSETS.items():
        app.add_url_rule(f"{prefix}/{name}", endpoint=f"page {name}", view_func=limited(_asset(name, kind)))


def audit_actions() -> dict[tuple[str, str], str]:
    """(method, path below the prefix) -> the action under which the service writes such a request down."""
    paths = json.loads(_read("openapi.json"))["paths"]
    return {
        (method.upper(), path.removeprefix(PREFIX)): operation["x-audit-action"]
        for path, operations in paths.items()
        for method, operation in operations.items()
    }


def _asset(name: str, kind: str) -> Page:
    def asset() -> Response:
        response = Response(_read(FILES[name]), content_type=kind)
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["Cache-Control"] = "no-cache"
        return response

    return asset


@cache
def _read(name: str) -> bytes:
    return (HERE / name).read_bytes()
