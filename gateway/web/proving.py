"""Proof once more within a session: the password or the passkey of a dialog, and the session's next cookie."""

from __future__ import annotations

from typing import Final

import orjson
from flask import Response

from gateway.web import session as browser_session
from gateway.web.account.proof import refused_proof
from gateway.web.forms import Form, Json, Text, body_of
from gateway.web.page import Page

AUTHENTICATE: Final = "POST /sessions/current/authenticate"
NEEDED: Final = "reauthentication_needed"


def prove(page: Page) -> tuple[Page, str | None, Form | None]:
    """The page in the session that goes on, its next cookie where there is one, and the form where the proof failed."""
    form = page.form
    if not (form.text("password") or form.text("credential")):
        return page, None, None
    body, form = body_of(form, (Text("password"), Json("credential")))
    reply = page.ask(AUTHENTICATE, body=body)
    if not reply.ok:
        words = reply.value if reply.code != "bad_credentials" else {**reply.value, "code": "wrong_password"}
        return page, None, refused_proof(form, words)
    sid: str = reply.value["access_token"]
    return page.renewed(sid), sid, None


def with_cookie(page: Page, response: Response, sid: str | None) -> Response:
    """The response with the session's next cookie, and the page told what its forms carry from now on."""
    if sid is not None:
        browser_session.go_on(response, page.request, page.trusted_proxies, sid)
        changes = {"signedInAgain": {"csrf": browser_session.csrf_token(sid)}}
        response.headers["HX-Trigger"] = orjson.dumps(changes).decode()
    return response
