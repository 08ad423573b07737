"""Signing a practice up: one form, and then Home."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from flask import Response

from gateway.web import session as browser_session
from gateway.web.forms import Form, Text, body_of
from gateway.web.page import Page
from gateway.web.signing_in import new_session
from gateway.web.time_zones import zones_with

INPUTS: Final = (
    Text("name"),
    Text("time_zone"),
    Text("administrator.given_name"),
    Text("administrator.family_name"),
    Text("administrator.email"),
    Text("administrator.password", blank="keep"),
)


def show_sign_up(page: Page) -> Response:
    """The form."""
    return _form(page, page.form)


def sign_up(page: Page) -> Response:
    """Make the practice with its first administrator, and begin their session at once."""
    browser_session.ensure_safe_place(page.request, page.trusted_proxies)
    body, _ = body_of(page.form, INPUTS)
    reply = page.ask("POST /organizations", body=body, headers=page.form.sent)
    if reply.status in (409, 422):
        return _form(page, page.form.refused(reply.value), 422)
    if not reply.ok:
        return page.problem(reply)
    credentials = {"email": reply.value["staff"]["email"], "password": page.form.text("administrator.password")}
    organization_id = reply.value["organization"]["id"]
    session = page.ask("POST /sessions", body={**credentials, "organization_id": organization_id, "browser": True})
    if not session.ok:
        return page.leave("/sign-in", "signed_up")
    return new_session.begin(page, page.leave("/home", "signed_up"), session.value)


def _form(page: Page, form: Form, status: int = 200) -> Response:
    return page.show("signing_in/sign_up.html", status, form=form, zones=zones_with(form.text("time_zone")))


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {"GET /sign-up": show_sign_up, "POST /sign-up": sign_up}
