"""The pages that our mails link to. Opening one changes nothing; the button does, with the token behind the #."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from flask import Response

from gateway.web import session as browser_session
from gateway.web.forms import Form, Text, body_of
from gateway.web.page import ApiResponse, Page
from gateway.web.rendering import in_place_of
from gateway.web.signing_in import new_session, views
from gateway.web.signing_in.views import MailedLink

ADDRESS: Final = (Text("email"),)


def _shown(link: MailedLink) -> Callable[[Page], Response]:
    return lambda page: _show(page, link, page.form)


def confirm(page: Page) -> Response:
    """The founder's address is theirs."""
    return _in_place(page, views.CONFIRM, "POST /organizations/confirm")


def change_email(page: Page) -> Response:
    """The new address is theirs."""
    return _in_place(page, views.EMAIL_CHANGE, "POST /email-changes/confirm")


def show_invitation(page: Page) -> Response:
    """Which practice an invitation is for, and who sent it: a part of the page, for who came with the token."""
    reply = page.ask("POST /invitations/lookup", body={"token": page.form.text("token")})
    if reply.ok:
        return page.show("signing_in/_invitation.html", invitation=reply.value)
    response = _refused(page, views.JOIN, reply)  # in place of the whole page: there is nothing to fill in
    return in_place_of(response, "#main")


def join(page: Page) -> Response:
    """Set the first password, and begin a session where nothing else is asked."""
    browser_session.ensure_safe_place(page.request, page.trusted_proxies)
    reply = _use(page, views.JOIN, "POST /invitations/accept")
    if not reply.ok:
        return _refused(page, views.JOIN, reply)
    body = {"email": reply.value["email"], "password": page.form.text("password"), "browser": True}
    session = page.ask("POST /sessions", body=body)
    if not session.ok:  # they work at more than one practice
        return page.leave("/sign-in", "joined")
    return new_session.begin(page, page.leave("/home", "joined"), session.value)


def reset_password(page: Page) -> Response:
    """Set another password, and sign in with it."""
    reply = _use(page, views.RESET, "POST /passwords/reset")
    return page.leave("/sign-in", "password_set") if reply.ok else _refused(page, views.RESET, reply)


def ask_for_reset(page: Page) -> Response:
    """Have a link mailed. The answer is the same for every address."""
    body, _ = body_of(page.form, ADDRESS)
    reply = page.ask("POST /passwords/reset-request", body=body)
    if not reply.ok:
        return _show(page, views.RESET, page.form.refused(reply.value), 422 if reply.status == 422 else reply.status)
    words = "If this address has an account, a link is on its way. It works once, within 30 minutes."
    return page.show("signing_in/link_done.html", title="Look into your mailbox", words=words, to="/sign-in")


def _in_place(page: Page, link: MailedLink, row: str) -> Response:
    reply = _use(page, link, row)
    if not reply.ok:
        return _refused(page, link, reply)
    title, words = link.done
    return page.show("signing_in/link_done.html", title=title, words=words, to="/home")


def _use(page: Page, link: MailedLink, row: str) -> ApiResponse:
    inputs = [Text("token", blank="keep"), *([Text(link.new, blank="keep")] if link.new else [])]
    body, _ = body_of(page.form, inputs)
    return page.ask(row, body=body)


def _refused(page: Page, link: MailedLink, reply: ApiResponse) -> Response:
    if reply.status >= 500 or reply.status == 429:
        return page.problem(reply)
    spent = reply.code in views.SPENT or not page.form.text("token")
    return _show(page, link, page.form.refused(reply.value), 422, spent=spent)


def _show(page: Page, link: MailedLink, form: Form, status: int = 200, *, spent: bool = False) -> Response:
    return page.show("signing_in/mailed_link.html", status, link=link, form=form, spent=spent)


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {
    "GET /confirm": _shown(views.CONFIRM),
    "POST /confirm": confirm,
    "GET /email-change": _shown(views.EMAIL_CHANGE),
    "POST /email-change": change_email,
    "GET /join": _shown(views.JOIN),
    "POST /join/about": show_invitation,
    "POST /join": join,
    "GET /password-reset": _shown(views.RESET),
    "POST /password-reset": reset_password,
    "POST /password-reset/request": ask_for_reset,
}
