"""Which requests want a proof for something that they name."""

from __future__ import annotations

import contextlib
from urllib.parse import parse_qsl

import orjson

from gateway.route_table.row import Row
from shared.errors import Stale
from shared.web.spool import Content


class VersionRequired(Stale):
    """A signature in a browser over whatever stands there by now, which its person may not have seen."""

    code = "version_required"
    detail = "It is not certain that you saw the newest text. Load it again, then sign."


def may_name(row: Row, query: str, content: Content) -> bool:
    """Whether the query of a read, or a JSON body, names a field that the row wants a proof for.

    So may a body that cannot be read here: then nobody knows.
    """
    fields = row.proves_for
    if row.method == "GET":
        return not fields.isdisjoint(name for name, _ in parse_qsl(query, keep_blank_values=True))
    with contextlib.suppress(orjson.JSONDecodeError):
        body = orjson.loads(content if isinstance(content, bytes) else b"")
        return not isinstance(body, dict) or not fields.isdisjoint(body)
    return True
