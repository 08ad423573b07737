"""The two kinds of page: for anybody, and for somebody signed in."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from gateway.route_table.api import ROUTE_TABLE
from gateway.route_table.row import GATEWAY, Row
from shared.permissions import PUBLIC
from shared.web.limits import JSON_BYTES_MAX

AUTHENTICATE: Final = "POST /sessions/current/authenticate"
_API: Final[Mapping[str, Row]] = MappingProxyType({row.name: row for row in ROUTE_TABLE})


def _wants_proof(row: Row) -> bool:
    """Whether sending a form to this row may take a proof. What is read for a page beside it is no file."""
    return row.method != "GET" and bool(row.proves or row.proves_for)


def public(method: str, path: str, audit: str, *asks: str) -> Row:
    """A page for anybody."""
    return Row(method, path, GATEWAY, PUBLIC, audit, asks=asks)


def page(method: str, path: str, *asks: str, body_bytes_max: int = JSON_BYTES_MAX, file: bool = False) -> Row:
    """A page for somebody who may ask the first of the API rows that it asks; `file`: its form sends a file.

    A form whose row wants a proof may bring one along.
    """
    first = _API[asks[0]]
    if method == "POST" and any(_wants_proof(_API[name]) for name in asks):
        asks = (*asks, *({AUTHENTICATE} - set(asks)))
    return Row(method, path, GATEWAY, first.permission, first.audit, body_bytes_max, file=file, asks=asks)
