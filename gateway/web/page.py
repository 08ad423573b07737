"""One request of a browser for one page: who is there, what the page asks of the API, what it shows."""

from __future__ import annotations

import contextvars
import io
import re
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from types import MappingProxyType
from typing import IO, Any, Final
from urllib.parse import quote, urlencode
from uuid import UUID

import orjson
from flask import Request, Response

from gateway.edge.bodies import Body
from gateway.edge.door import Call, Door, Passed, Visitor
from gateway.edge.sessions import Session
from gateway.edge.upstream import StreamedResponse
from gateway.entrance import held, response_of
from gateway.route_table.api import ROUTE_TABLE
from gateway.route_table.row import PREFIX, Row
from gateway.web import rendering
from gateway.web import session as browser_session
from gateway.web.forms import Form, Upload
from gateway.web.moved import MOVED, followed
from gateway.web.multipart import FileForm
from shared import clock
from shared.errors import Refusal
from shared.web.errors import status_of
from shared.web.parsing import path_value

# What every page of somebody signed in asks: who they are, for the frame around it.
FRAME: Final = "GET /me"
ASKED_AT_ONCE: Final = 4
IN_FLIGHT: Final = "in_flight"  # the API works on a request with the same key
IN_FLIGHT_SECONDS: Final = 0.2
IN_FLIGHT_LOOKS: Final = 20
_ROWS: Final[Mapping[str, Row]] = MappingProxyType({row.name: row for row in ROUTE_TABLE})
_PLACEHOLDER: Final = re.compile(r"{(\w+)}")
_ASKING: Final = ThreadPoolExecutor(max_workers=32, thread_name_prefix="page")


class NotAsked(LookupError):
    """A programming error: a page asks what its row does not name."""


@dataclass(frozen=True, slots=True)
class ApiResponse:
    """What the API answered: the JSON of it, or the problem document in `value` where `ok` is false."""

    status: int
    value: Any
    etag: str | None = None
    location: str | None = None
    content: bytes = b""
    content_type: str = ""

    @property
    def ok(self) -> bool:
        """Whether it is what was asked for, and not a problem."""
        return self.status < 300

    @property
    def code(self) -> str | None:
        """The slug of the problem; None where there is none."""
        return None if self.ok else str(self.value.get("code", "internal_error"))

    @property
    def detail(self) -> str:
        """The sentence of the problem."""
        return "" if self.ok else str(self.value.get("detail", "Something went wrong on our side."))


class Problem(Exception):
    """The page cannot be shown, because of what a row that it needs answered."""

    def __init__(self, reply: ApiResponse) -> None:
        self.answer = reply
        super().__init__(reply.code)


@dataclass(frozen=True, slots=True)
class Question:
    """One row of the API with what goes into it. `query` without what is None; `body` as JSON."""

    row: str
    ids: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    query: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    file: IO[bytes] | None = None  # `body` then holds the texts that go with it


@dataclass(frozen=True, slots=True)
class Page:
    """What a handler works with. `session` is None on pages for anybody; `me` is the answer of `GET /me`."""

    row: Row
    door: Door
    visitor: Visitor
    session: Session | None
    me: Mapping[str, Any]
    form: Form
    query: Mapping[str, str]
    ids: Mapping[str, str]
    request: Request
    trusted_proxies: int

    @property
    def is_fragment(self) -> bool:
        """Whether a part of a page is asked for, by the page itself."""
        return "HX-Request" in self.request.headers

    @property
    def theme(self) -> str:
        """`light`, `dark` or `system`."""
        return rendering.theme_of(self.request, self.me.get("preferences", {}).get("theme"))

    def with_me(self, me: Mapping[str, Any]) -> Page:
        """The same for the person who is signed in."""
        return replace(self, me=me)

    def show(self, template: str, status: int = 200, **values: Any) -> Response:
        """The page, in the frame of whom it is for."""
        values = {"page": self, "form": self.form, "can": self.can, "csrf": self.csrf(), **values}
        values.setdefault("done", self.query.get("done"))
        if self.session is None:
            return rendering.respond(self.request, template, status, theme=self.theme, **values)
        framed = rendering.frame(self.request, self.me, self.can, self.theme)
        return rendering.respond(self.request, template, status, **{**framed, **values})

    def problem(self, reply: ApiResponse) -> Response:
        """What came of something that cannot be shown beside an input. Raises `Problem`."""
        raise Problem(reply)

    def leave(self, path: str, done: str | None = None, **query: Any) -> Response:
        """After something was done: on to a page, which says so (`done.py`)."""
        return rendering.lead_to(self.request, rendering.url(path, **query, done=done))

    def change(self, row: str, path: str, done: str, *, body: Any = None, **ids: Any) -> Response:
        """Ask a row that changes something with one press, and leave for a page. Raises `Problem` where refused."""
        self.need(row, body=body, headers=self.form.sent, **ids)
        return self.leave(path, done)

    def csrf(self) -> str:
        """The token that a form of this page carries; empty before sign-in."""
        cookie = self.visitor.cookie
        return browser_session.csrf_token(cookie) if self.session is not None and cookie else ""

    def can(self, permission: str) -> bool:
        """Whether the person has a permission. Only what they can use is shown."""
        return self.session is not None and self.session.actor.may(permission)

    def person_of(self, sid: str) -> UUID:
        """The id of whom a new session is. Raises as `Door.enter`."""
        session = self.door.enter(_ROWS[FRAME], {}, replace(self.visitor, cookie=sid))
        return session.actor.actor_id

    def me_of(self, sid: str) -> Mapping[str, Any]:
        """The answer of `GET /me` for a new session. Raises as `Door.enter`, and `Problem`."""
        visitor = replace(self.visitor, cookie=sid)
        session = self.door.enter(_ROWS[FRAME], {}, visitor)
        me: Mapping[str, Any] = replace(self, visitor=visitor, session=session).need(FRAME)
        return me

    def ask(self, row: str, *, body: Any = None, headers: Mapping[str, str] | None = None, **parts: Any) -> ApiResponse:
        """Ask one row of the API; `parts` are its ids and its query. Refusals come back as their problem documents."""
        return self._settled(replace(_question(row, parts), body=body, headers=headers or {}))

    def send_file(
        self, row: str, upload: Upload, texts: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> ApiResponse:
        """Send a file that came with the form to one row of the API, with the texts that belong to it. As `ask`."""
        return self._settled(Question(row, body=texts or {}, headers=headers or {}, file=upload.file))

    def _settled(self, question: Question) -> ApiResponse:
        """The answer, also where the same form was sent twice at once: the first one's, as soon as it is there."""
        reply = self._answer(question)
        for _ in range(IN_FLIGHT_LOOKS):
            if reply.code != IN_FLIGHT:
                break
            clock.sleep(IN_FLIGHT_SECONDS)
            reply = self._answer(question)
        return reply

    def need(self, row: str, *, body: Any = None, headers: Mapping[str, str] | None = None, **parts: Any) -> Any:
        """The JSON of a row without which there is no page. Raises `Problem`."""
        reply = self.ask(row, body=body, headers=headers, **parts)
        if not reply.ok:
            raise Problem(reply)
        return reply.value

    def ask_all(self, **questions: Question) -> dict[str, ApiResponse]:
        """Several rows at once, each answered or failed by itself."""
        asking: dict[str, Future[ApiResponse]] = {
            name: _ASKING.submit(contextvars.copy_context().run, self._answer, question)
            for name, question in questions.items()
        }
        return {name: future.result() for name, future in asking.items()}

    def hand_on(self, row: str, **parts: Any) -> Response:
        """What a row answers, as it comes: a file, however long. `parts` as of `ask`. Raises `Problem`."""
        try:
            passed = self._pass(_question(row, parts))
        except Refusal as refusal:
            raise Problem(_refused(refusal)) from refusal
        if passed.response.status >= 300:
            try:
                raise Problem(_read(passed.response))
            finally:
                passed.done()
        return held(passed.done, lambda: response_of(passed.response))

    def renewed(self, sid: str) -> Page:
        """The same with the session's next cookie, after the person proved once more who they are."""
        visitor = replace(self.visitor, cookie=sid)
        return replace(self, visitor=visitor, session=self.door.enter(_ROWS[FRAME], {}, visitor))

    def _answer(self, question: Question) -> ApiResponse:
        try:
            passed = self._pass(question)
        except Refusal as refusal:
            return _refused(refusal)
        try:
            return _read(passed.response)
        finally:
            passed.done()

    def _pass(self, question: Question) -> Passed:
        """What a row answers, of the client who stays where the one in question was merged. Raises as `_asked`."""
        while (passed := self._asked(question)).response.status == MOVED:
            passed.done()
            question = replace(question, ids=followed(self.request, question.ids, _read(passed.response).value))
        return passed

    def _asked(self, question: Question) -> Passed:
        """Through the door, as any program's request. Raises `NotFound` for what is no id, and as `Door.ask`."""
        for name, value in question.ids.items():
            path_value(name, value)
        if question.row not in self.row.asks and question.row != FRAME:
            raise NotAsked(f"{self.row.name} asks {question.row}, which its row does not name")
        row = _ROWS[question.row]
        path = _PLACEHOLDER.sub(lambda found: quote(question.ids[found[1]], safe=""), PREFIX + row.path)
        content_type, body = _content(question)
        headers = dict(question.headers)
        if content_type:
            headers["Content-Type"] = content_type
        query = urlencode({name: _text(value) for name, value in question.query.items() if value is not None})
        call = Call(row.method, path, body, query, headers, question.ids)
        if self.session is None:
            return self.door.pass_through(row, call, self.visitor)
        return self.door.ask(self.session, row, call, self.visitor)


def _question(row: str, parts: Mapping[str, Any]) -> Question:
    """The question whose ids and query are among `parts`."""
    names = set(_PLACEHOLDER.findall(row))
    ids = {name: str(value) for name, value in parts.items() if name in names}
    return Question(row, ids, {name: value for name, value in parts.items() if name not in names})


def _content(question: Question) -> tuple[str, Body]:
    """Content type and body of a question. Without a body the content type is empty."""
    if question.file is not None:
        form = FileForm(question.file, question.body)
        return form.content_type, Body(form, form.length)
    content = b"" if question.body is None else orjson.dumps(question.body)
    return "application/json" if content else "", Body(io.BytesIO(content), len(content))


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _refused(refusal: Refusal) -> ApiResponse:
    errors = [asdict(error) for error in refusal.errors]
    return _refusal(status_of(refusal), refusal.code, refusal.detail, errors)


def _refusal(status: int, code: str, detail: str, errors: Sequence[Mapping[str, Any]] = ()) -> ApiResponse:
    return ApiResponse(status, {"status": status, "code": code, "detail": detail, "errors": errors})


def _read(reply: Any) -> ApiResponse:
    content = b"".join(reply.pieces) if isinstance(reply, StreamedResponse) else reply.body
    kind = reply.headers.get("Content-Type") or ""
    if reply.status >= 500 and reply.status != 503:
        return _refusal(500, "internal_error", "Something went wrong on our side.")
    value = orjson.loads(content) if "json" in kind and content else None
    if reply.status >= 400 and not isinstance(value, dict):
        return _refusal(reply.status, "unavailable", "There was no answer that could be read.")
    return ApiResponse(reply.status, value, reply.headers.get("ETag"), reply.headers.get("Location"), content, kind)
