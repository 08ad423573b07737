"""The API document: the services' documents in one, with what the gateway itself refuses."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from gateway.edge.door import SecondFactorSetUpRequired
from gateway.edge.limits import OverLimit, TooManyAtOnce
from gateway.edge.upstream import BulkheadFull
from gateway.route_table.api import ROUTE_TABLE
from gateway.route_table.row import PREFIX, Row
from shared.errors import Forbidden, TooLarge, TooSlow, Unauthenticated, Unavailable, Unparsable, UnsupportedMedia
from shared.permissions import ENROLLING_PERMISSIONS, PUBLIC
from shared.web.problem_document import Refused, refuse
from shared.web.tags import TAGS

DESCRIPTION: Final = """Practice management and clinical records for therapy practices.

Sign in with `POST /api/v1/sessions` and send the access token as `Authorization: Bearer …`; a program has a client id
and a secret, and gets its token from `POST /api/v1/tokens`. Refusals are problem documents (RFC 9457): a program
switches on `code`. Lists are pages of at most 200: ask again with `next_cursor` as `cursor`. Money is integer cents of
USD. Ids are UUIDs. Texts are UTF-8: control characters and those that turn the direction of writing are refused, and
characters that nobody sees and no script needs, such as soft hyphens, spaces of no width, tags, and joiners elsewhere
than behind a letter of a script that uses them or an emoji, are left out. A `to` before its `from` is refused. An
`Idempotency-Key` makes it safe to repeat a POST. `If-Match` with the `version` that was read refuses a change that
would undo somebody else's."""
# What the gateway may say to any request: about its size, its bytes, its sender's limits, and what is away.
ANYBODY: Final = (Unparsable, TooSlow, TooLarge, UnsupportedMedia, OverLimit, TooManyAtOnce, Unavailable, BulkheadFull)
ADDRESS_TOO_LONG: Final = Refused(414, TooLarge.code, "The address is longer than 2048 characters.")


def merge(documents: list[dict[str, Any]]) -> dict[str, Any]:
    """One OpenAPI document of all services. Raises `ValueError` where two give one name to different schemas."""
    merged: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {"title": "Caseload", "version": "1", "description": DESCRIPTION},
        "servers": [{"url": "/"}],
        "tags": [{"name": tag.name, "description": tag.description} for tag in TAGS],
        "paths": {},
        "components": {"schemas": {}, "responses": {}, "securitySchemes": {}},
    }
    for document in documents:
        for path, operations in document["paths"].items():
            merged["paths"].setdefault(path, {}).update(operations)
        for kind in ("schemas", "securitySchemes"):
            for name, schema in document["components"].get(kind, {}).items():
                if merged["components"][kind].setdefault(name, schema) != schema:
                    raise ValueError(f"two services call different things {name}")
    for row in ROUTE_TABLE:
        refuse(merged["paths"][PREFIX + row.path][row.method.lower()], _refusals(row))
    merged["components"]["responses"] = dict(sorted(_share(merged["paths"]).items()))
    merged["paths"] = dict(sorted(merged["paths"].items()))
    merged["components"]["schemas"] = dict(sorted(merged["components"]["schemas"].items()))
    return merged


def _refusals(row: Row) -> Iterator[Refused]:
    yield from (Refused.of(kind) for kind in ANYBODY)
    yield ADDRESS_TOO_LONG
    if row.permission != PUBLIC:
        yield from (Refused.of(kind) for kind in (Unauthenticated, Forbidden))
        if row.permission not in ENROLLING_PERMISSIONS:
            yield Refused.of(SecondFactorSetUpRequired)


def _share(paths: dict[str, Any]) -> dict[str, Any]:
    """Take the commonest refusal of each status out of the operations; returns them by name."""
    operations = [operation for path in paths.values() for operation in path.values()]
    counted: dict[str, Counter[str]] = {}
    for operation in operations:
        operation["responses"] = dict(sorted(operation["responses"].items()))
        for status, response in operation["responses"].items():
            if "x-codes" in response:
                counted.setdefault(status, Counter())[json.dumps(response)] += 1
    shared = {}
    for status, versions in counted.items():
        ((commonest, times),) = versions.most_common(1)
        if times > 1:
            shared[f"Refused{status}"] = json.loads(commonest)
            for operation in operations:
                if operation["responses"].get(status) == shared[f"Refused{status}"]:
                    operation["responses"][status] = {"$ref": f"#/components/responses/Refused{status}"}
    return shared
