"""The second entrance: each row of the pages as a Flask view, with what every page of ours is held to."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from cachetools import LRUCache, TTLCache
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from gateway.edge.door import Door, SecondFactorSetUpRequired, Visitor
from gateway.edge.sessions import Session
from gateway.entrance import body_of_request, browser, held
from gateway.route_table.pages import PAGES, SECOND_FACTOR, STATIC
from gateway.route_table.row import Row
from gateway.web import problems, proving, rendering, static_files
from gateway.web import session as browser_session
from gateway.web.forms import Form
from gateway.web.moved import PageMoved
from gateway.web.multipart import form_of
from gateway.web.own_name import OwnName
from gateway.web.page import FRAME, Page, Problem
from gateway.web.registry import HANDLERS
from shared import clock
from shared.errors import Refusal, Unauthenticated
from shared.permissions import PUBLIC
from shared.web.query_strings import ensure_text

FRAME_SECONDS: Final = 30.0  # how long names in the frame may be old; what somebody may do is asked for each request
FRAMES_MAX: Final = 5_000
_PLACEHOLDER: Final = re.compile(r"{(\w+)}")


def add_to(app: Flask, door: Door, trusted_proxies: int, public_url: str) -> None:
    """Serve every page that has a handler, and the files that pages load, under the name in `public_url` alone."""
    pages = Pages(door, trusted_proxies, OwnName.of(public_url))
    for row in PAGES:
        if row.name in HANDLERS:
            _add(app, row, pages.view_of(row, HANDLERS[row.name]))
    _add(app, STATIC, pages.files)


def wants_page() -> bool:
    """Whether the request at hand is a browser's for a page, and not a program's for the API."""
    return not request.path.startswith("/api/") and "text/html" in request.headers.get("Accept", "")


def framework_problem(error: HTTPException) -> Response:
    """The page for an address that is none, and for what else the framework refuses."""
    response = problems.page_without_frame(request, error.code or 500)
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(set(error.valid_methods) - {"HEAD", "OPTIONS"}))
    return response


def fault() -> Response:
    """The page when we are at fault."""
    return problems.page_without_frame(request, 500)


class Pages:
    """The views, and the names in their frames, remembered for seconds."""

    def __init__(self, door: Door, trusted_proxies: int, own_name: OwnName) -> None:
        self._door = door
        self._own_name = own_name
        self._trusted_proxies = trusted_proxies
        self._frames: TTLCache[Any, Mapping[str, Any]] = TTLCache(FRAMES_MAX, FRAME_SECONDS, clock.monotonic)
        # What a session's frame said last, for while identity is away. What somebody may do comes with the session.
        self._last_frames: LRUCache[Any, Mapping[str, Any]] = LRUCache(FRAMES_MAX)

    def view_of(self, row: Row, handler: Callable[[Page], Response]) -> Callable[..., Response]:
        """The view that serves one page."""

        def view(**ids: str) -> Response:
            if not self._own_name.is_in(request.host):
                return problems.page_under_another_name(request, self._own_name.address)
            cookie = browser_session.cookie_of(request, self._trusted_proxies)
            visitor = browser(self._trusted_proxies, cookie, browser_session.device_of(request, self._trusted_proxies))
            body = body_of_request()
            try:
                ensure_text(request.query_string)
                if row.permission == PUBLIC:
                    done = self._door.look_around(visitor)
                    return held(done, lambda: self._answer(row, handler, visitor, None, ids))
                session = self._door.enter(row, ids, visitor)
                return self._answer(row, handler, visitor, session, ids)
            except Unauthenticated:
                response = self._sign_in_first()
            except SecondFactorSetUpRequired:
                response = rendering.lead_to(request, SECOND_FACTOR)
            except Refusal as refusal:
                response = problems.page_without_frame_of(request, refusal)
            response.call_on_close(body.drain)
            return response

        return view

    def files(self, name: str) -> Response:
        """What pages load, for anybody."""
        if not self._own_name.is_in(request.host):
            return problems.page_under_another_name(request, self._own_name.address)
        visitor = browser(self._trusted_proxies, None)
        try:
            done = self._door.look_around(visitor)
        except Refusal as refusal:
            return problems.page_without_frame_of(request, refusal)
        return held(done, lambda: static_files.respond(request, name))

    def _answer(
        self,
        row: Row,
        handler: Callable[[Page], Response],
        visitor: Visitor,
        session: Session | None,
        ids: Mapping[str, str],
    ) -> Response:
        if session is not None and session.actor.enrolling and not _open_while_enrolling(row):
            return rendering.lead_to(request, SECOND_FACTOR)
        with self._sent(row, visitor, session) as form:
            return self._made(handler, self._page(row, visitor, session, ids, form))

    @contextlib.contextmanager
    def _sent(self, row: Row, visitor: Visitor, session: Session | None) -> Iterator[Form]:
        """The form that came, empty for a GET; its files are there until the page has been made."""
        if row.method == "GET":
            yield Form()
            return
        browser_session.ensure_own_origin(request, self._trusted_proxies)
        with (
            self._door.form(session, row, body_of_request()) as content,
            contextlib.closing(form_of(content, request.headers.get("Content-Type", ""))) as form,
        ):
            if session is not None:
                self._ensure_our_page(visitor, form)
            yield form

    def _made(self, handler: Callable[[Page], Response], page: Page) -> Response:
        session, sid = page.session, None
        try:
            if session is not None:
                page = self._with_frame(page, session)
            if session is not None and proving.brings_proof(page):
                page, sid, wrong = proving.prove(page)
                if wrong is not None:
                    return proving.ask_for_proof(page, wrong)
            response = handler(page)
            if session is not None and page.row.method != "GET":  # it may have changed what the frame says
                self._frames.pop(session.actor.session_id, None)
        except PageMoved as moved:
            response = moved.response()
        except Problem as problem:
            if problem.answer.code == proving.NEEDED:
                return proving.ask_for_proof(page, page.form)
            if problem.answer.status == 401:
                return self._sign_in_first()
            response = problems.page_of(page, problem.answer)
        return proving.with_cookie(page, response, sid)

    def _page(self, row: Row, visitor: Visitor, session: Session | None, ids: Mapping[str, str], form: Form) -> Page:
        return Page(
            row=row,
            door=self._door,
            visitor=visitor,
            session=session,
            me={},
            form=form,
            query={name: value for name, value in request.args.items() if len(value) <= 200},
            ids=dict(ids),
            request=request,
            trusted_proxies=self._trusted_proxies,
        )

    def _with_frame(self, page: Page, session: Session) -> Page:
        key = session.actor.session_id
        me = self._frames.get(key)
        if me is None:
            reply = page.ask(FRAME)
            if reply.status == 503 and key in self._last_frames:
                me = self._last_frames[key]
            elif not reply.ok:
                raise Problem(reply)
            else:
                me = self._last_frames[key] = reply.value
            if page.row.method == "GET":
                self._frames[key] = me
        return page.with_me(me)

    def _ensure_our_page(self, visitor: Visitor, form: Form) -> None:
        token = request.headers.get(browser_session.CSRF_HEADER) or form.text(browser_session.CSRF_FIELD)
        if not browser_session.is_csrf_token(visitor.cookie or "", token):
            raise browser_session.OldToken()

    def _sign_in_first(self) -> Response:
        """A page leads to the sign-in and back; a part of a page says that the session is over, in place."""
        if request.headers.get("HX-Request"):
            return problems.fragment(request, 401, "You are signed out. Sign in again.")
        to = request.path if request.method == "GET" and request.path != "/home" else None
        return rendering.lead_to(request, rendering.url("/sign-in", to=to))


def _add(app: Flask, row: Row, view: Callable[..., Response]) -> None:
    app.add_url_rule(
        _PLACEHOLDER.sub(r"<string:\1>", row.path),
        endpoint=f"page {row.name}",  # the API has rows of the same names
        view_func=view,
        methods=[row.method],
        provide_automatic_options=False,
    )


def _open_while_enrolling(row: Row) -> bool:
    return row.path in ("/sign-out", "/session/token") or row.path.startswith(SECOND_FACTOR)
