"""`If-Match`: a request changes a thing only while it is at a version that the client has seen.

The route says which thing it changes; what the handler refuses comes after. The version is compared before the handler,
and again when the handler locks the row, so that of two requests with one version exactly one gets through.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any, Final

from shared import texts
from shared.actor import Actor
from shared.database.session import Session
from shared.errors import Invalid
from shared.web.routes import Route

DIGITS_MAX: Final = 9


def ensure_as_expected(
    session: Session, route: Route, actor: Actor | None, call: Mapping[str, Any], header: str | None
) -> None:
    """Raises `Stale` for another version, `NotFound` for what the actor may not see.

    A route that changes nothing with a version refuses the header (`Invalid`): nobody is to believe it was looked at.
    """
    versions = versions_in(header)
    if versions is None or not route.writes:
        return
    if route.changes is None:
        raise Invalid.field("If-Match", "unknown", "What this endpoint does depends on no version. Leave it out.")
    wanted = inspect.signature(route.changes).parameters
    session.expect(route.changes(session, actor, **{name: call[name] for name in wanted if name in call}), versions)


def versions_in(header: str | None) -> frozenset[int] | None:
    """The versions in an `If-Match` header. None: any will do (no header, or `*`). A tag that is not ours fits none."""
    if header is None or header.strip() == "*":
        return None
    # nginx makes a strong tag weak when it packs an answer, so both mean the same here.
    tags = (part.strip().removeprefix("W/").strip('"') for part in header.split(","))
    versions = (texts.whole_number(tag, digits_max=DIGITS_MAX) for tag in tags)
    return frozenset(version for version in versions if version is not None)
