"""Proof once more within a session: the password or the passkey of a dialog, and the session's next cookie.

A form whose row wants a proof, and has no input for it, is kept on a page that asks for one: sent from there, it does
what it was to do. So no form has to know which rows want a proof.
"""

from __future__ import annotations

from typing import Final

import orjson
from flask import Response

from gateway.route_table.pages.kinds import AUTHENTICATE
from gateway.web import session as browser_session
from gateway.web.account.proof import refused_proof
from gateway.web.forms import Form, Json, Text, body_of
from gateway.web.page import Page

NEEDED: Final = "reauthentication_needed"
BROUGHT: Final = "with_proof"  # the hidden input of the page that asks for a proof
NOT_KEPT: Final = frozenset({BROUGHT, "csrf", "username", "password", "credential"})


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


def brings_proof(page: Page) -> bool:
    """Whether the form was sent from the page that asks for a proof."""
    return BROUGHT in page.form.values


def ask_for_proof(page: Page, form: Form) -> Response:
    """The page that asks who is there; `form`: what was sent, and what is wrong with the proof."""
    kept = [(name, value) for name, values in form.values.items() if name not in NOT_KEPT for value in values]
    response = page.show("prove.html", 422, form=form, kept=kept, brought=BROUGHT, has_file=page.row.file)
    if page.is_fragment:  # whatever part of a page the form would have changed
        response.headers.update(
            {"HX-Retarget": "#main", "HX-Reselect": "#main", "HX-Reswap": "outerHTML show:none"},
        )
    return response


def with_cookie(page: Page, response: Response, sid: str | None) -> Response:
    """The response with the session's next cookie, and the page told what its forms carry from now on."""
    if sid is not None:
        browser_session.go_on(response, page.request, page.trusted_proxies, sid)
        changes = {"signedInAgain": {"csrf": browser_session.csrf_token(sid)}}
        response.headers["HX-Trigger"] = orjson.dumps(changes).decode()
    return response
