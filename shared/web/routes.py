"""A route as data: features list theirs at the end of `routes.py`; application, gateway test and OpenAPI read it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Protocol, TypeVar

from marshmallow import Schema

from shared.database.session import Session
from shared.permissions import INTERNAL, PUBLIC
from shared.web.limits import JSON_BYTES_MAX, NOTE_BYTES_MAX, UPLOAD_BYTES_MAX
from shared.web.tags import Tag
from shared.web.uploads import FilePart

# What a feature's `routes.py` needs, in one place.
__all__ = [
    "INTERNAL",
    "NOTE_BYTES_MAX",
    "PLACEHOLDER",
    "PUBLIC",
    "UPLOAD_BYTES_MAX",
    "Dumped",
    "FilePart",
    "ResponseWith",
    "Route",
    "Run",
    "Streamed",
    "under",
]

PLACEHOLDER: Final = re.compile(r"{(\w+)}")
T = TypeVar("T")


class Run(Protocol):
    """Runs `work` in a transaction of its own and returns what it returned."""

    def __call__(self, work: Callable[[Session], T]) -> T: ...


@dataclass(frozen=True, slots=True)
class Route:
    """One endpoint.

    `handler(session, actor, **path_ids, [file=…], [body=…], [query=…])` runs inside the request's transaction and
    returns what `response` dumps (or a `ResponseWith`). `actor` is None on public and internal routes, a `Person`, or a
    `Caller` where the permission is for programs too: `shared.web.callers` says which.
    With a `file` the request is a form with a file in it (`shared.web.uploads`); `body` is then of its other parts.
    `changes` finds the row with a version that the request changes: `changes(session, actor, …)` with those path ids
    that it names. It raises `NotFound` for what the actor may not see. The edge asks it when there is an `If-Match`.
    `makes` is where what came to be is read with GET; the answer is 201, of a job 202, and has it as `Location`.
    Its ids are those of the path and the answer's. `may_exist`: a handler that finds it there answers
    `ResponseWith(…, status=200)`.
    `audit` names the row that the edge writes: always for writes (default: derived from the handler's name),
    for reads only where the read is sensitive and names one. `reads`: a POST that only reads, because what is looked
    for must not stand in an address, or is long; an Idempotency-Key means nothing to it. `example` is the body as
    it might be sent, or the query of a route without a body: the API document shows it and tests send it
    (`shared.web.examples`).
    """

    method: str
    path: str
    permission: str
    handler: Callable[..., Any]
    file: FilePart | None = None
    body: type[Schema] | None = None
    query: type[Schema] | None = None
    response: type[Schema] | None = None
    status: int = 200
    makes: str | None = None
    may_exist: bool = False
    audit: str | None = None
    changes: Callable[..., Any] | None = None
    reads: bool = False
    keyed: bool = True  # false: repeating it is harmless, or its answer is for this once (tokens)
    body_bytes_max: int = JSON_BYTES_MAX
    streams: tuple[str, ...] = ()  # the media types of an answer that is `Streamed`
    example: Mapping[str, Any] | None = field(default=None, hash=False)
    tag: Tag | None = None  # the task that the document names it under, where it is not its feature's (`under`)

    @property
    def name(self) -> str:
        """The handler's name: unique within a service; also the operation id."""
        return self.handler.__name__

    @property
    def if_match(self) -> bool:
        """Whether it honours `If-Match`."""
        return self.changes is not None

    @property
    def takes_keys(self) -> bool:
        """Whether an `Idempotency-Key` means something to it."""
        return self.method == "POST" and self.keyed and not self.reads

    @property
    def writes(self) -> bool:
        """Whether the request may change something."""
        return self.method not in ("GET", "HEAD")


def under(tag: Tag, *features: Iterable[Route]) -> tuple[Route, ...]:
    """The routes of these features, each under `tag` where it names none itself."""
    return tuple(replace(route, tag=route.tag or tag) for routes in features for route in routes)


@dataclass(frozen=True, slots=True)
class ResponseWith:
    """A handler's response where status or headers differ from the route's usual ones."""

    value: Any
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Streamed:
    """An answer too long to hold: `content(run)` yields it in pieces after the request's own transaction.

    Each `run(work)` is a transaction of its own in the organization of who asks, so that a slow reader holds no
    connection. An error in the middle breaks the connection off: nobody takes half of it for the whole.
    """

    content_type: str
    file_name: str
    content: Callable[[Run], Iterator[bytes]]


class Dumped(dict[str, Any]):
    """An answer that the handler has dumped itself, because what is in it depends on who asks."""
