"""A first answer is given again only to somebody who may still see what it is about.

Between the two requests a client may have been unassigned, a case handed over, a record hidden. So the row is asked for
as it would be for reading it: what the request changes, and what it made.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from shared.actor import Caller, Person
from shared.database.session import Session
from shared.web.callers import asked_by
from shared.web.routes import PLACEHOLDER, Route


@dataclass(frozen=True, slots=True)
class Sight:
    """The checks of a route's rows: `changes` finds what it changes, `reader` answers a GET of what it makes."""

    route: Route
    reader: Route | None

    @classmethod
    def of(cls, route: Route, routes: Sequence[Route]) -> Sight:
        """For a route among all of its service."""
        readers = (reader for reader in routes if reader.method == "GET" and reader.path == route.makes)
        return cls(route, next(readers, None))

    def ensure(self, session: Session, actor: Caller | None, call: Mapping[str, Any], value: Any) -> None:
        """Raises what reading would be refused with, mostly `NotFound`. `value` is the first answer, as JSON.

        Before sign-in there is nothing to see.
        """
        if actor is None:
            return
        if self.route.changes is not None:
            wanted = inspect.signature(self.route.changes).parameters
            self.route.changes(session, actor, **{name: call[name] for name in wanted if name in call})
        reader = self.reader
        # A program has no rows of its own to be kept from: the permissions that it may be given are for all of them.
        if reader is not None and (isinstance(actor, Person) or asked_by(reader) is Caller):
            made = {**value, **call}
            ids = {name: UUID(str(made.get(name, value.get("id")))) for name in PLACEHOLDER.findall(reader.path)}
            query = {} if reader.query is None else {"query": reader.query().load({})}
            reader.handler(session, actor, **ids, **query)
