"""Where somebody lands after signing in: the page that they prefer, where there is one for them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from gateway.route_table.pages import WEB

HOME: Final = "/home"
_PAGES: Final = {row.path: row.permission for row in WEB if row.method == "GET"}


def landing_of(me: Mapping[str, Any]) -> str:
    """The path, from the answer of `GET /me`."""
    path = f"/{me['preferences']['landing']}"
    return path if _PAGES.get(path) in me["permissions"] else HOME
