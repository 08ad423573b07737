"""Signing in, signing in again in place, staying, and signing out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import orjson
from flask import Response

from gateway.web import rendering
from gateway.web import session as browser_session
from gateway.web.forms import Form, Json, Text, body_of
from gateway.web.landing import landing_of
from gateway.web.page import ApiResponse, Page
from gateway.web.signing_in import links, new_session, sign_up
from gateway.web.signing_in.views import SignInStep, local_path

INPUTS: Final = (
    Text("email"),
    Text("password", blank="keep"),
    Text("organization_id"),
    Text("totp_code"),
    Text("recovery_code"),
)


def show_start(page: Page) -> Response:
    """The bare address leads to Home, which leads to the sign-in where nobody is signed in."""
    return page.leave("/home")


def show_sign_in(page: Page) -> Response:
    """The form; `to` is the page that somebody wanted."""
    return _sign_in_form(page, page.form, SignInStep())


def sign_in(page: Page) -> Response:
    """Try what was entered; ask on the same page for the code or the organization where that is what lacks."""
    browser_session.ensure_safe_place(page.request, page.trusted_proxies)
    reply = _try(page)
    if reply.ok:
        return _begin(page, reply.value)
    return _sign_in_form(
        page, page.form.refused(reply.value), SignInStep.of(reply.value, page.form.values), reply.status
    )


def ask_for_passkey(page: Page) -> Response:
    """What the browser asks a device for: the same for everybody, as JSON for the page's script."""
    reply = page.ask("POST /sessions/passkey-options")
    response = Response(orjson.dumps(reply.value), reply.status, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


def sign_in_by_passkey(page: Page) -> Response:
    """Begin a session with what a device answered."""
    browser_session.ensure_safe_place(page.request, page.trusted_proxies)
    reply = _try_passkey(page)
    if reply.ok:
        return _begin(page, reply.value)
    return _sign_in_form(page, page.form.refused(reply.value), SignInStep(), reply.status)


def sign_in_again(page: Page) -> Response:
    """Go on where the session ended: the same person gets a new one, anybody else starts afresh."""
    reply = _try_passkey(page) if page.form.text("credential") else _try(page)
    if not reply.ok:
        sentence = SignInStep.of(reply.value).sentence or reply.detail
        return rendering.respond(page.request, "_problem.html", 422, sentence=sentence)
    sid = reply.value["access_token"]
    if str(page.person_of(sid)) != page.form.text("staff_id"):
        response = page.leave("/home")
    else:
        changes = {"signedInAgain": {"csrf": browser_session.csrf_token(sid)}}
        response = Response(status=204, headers={"HX-Trigger": orjson.dumps(changes).decode()})
    return new_session.begin(page, response, reply.value)


def stay(page: Page) -> Response:
    """Somebody is there: their session goes on."""
    return Response(status=204, headers={"Cache-Control": "no-store"})


def show_token(page: Page) -> Response:
    """Whose session this is, and the token of its forms, as JSON: for a page of ours that another tab has overtaken.

    No other origin reads the answer; that the browser says it comes from ours is asked for all the same.
    """
    browser_session.ensure_own_origin(page.request, page.trusted_proxies)
    staff = page.me["staff"]
    body = {
        "staff_id": staff["id"],
        "name": f"{staff['given_name']} {staff['family_name']}",
        "csrf": page.csrf(),
    }
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return Response(orjson.dumps(body), content_type="application/json", headers=headers)


def sign_out(page: Page) -> Response:
    """End the session, here and at the server."""
    page.ask(new_session.END)
    page.door.forget(page.visitor)
    response = page.leave("/sign-in", "signed_out")
    browser_session.end(response, page.request, page.trusted_proxies)
    return response


def _begin(page: Page, tokens: Mapping[str, Any]) -> Response:
    to = local_path(page.form.text("to")) or landing_of(page.me_of(tokens["access_token"]))
    return new_session.begin(page, page.leave(to), tokens)


def _try(page: Page) -> ApiResponse:
    body, _ = body_of(page.form, INPUTS)
    return page.ask("POST /sessions", body={**body, "browser": True})


def _try_passkey(page: Page) -> ApiResponse:
    body, _ = body_of(page.form, (Json("credential"),))
    return page.ask("POST /sessions/passkey", body={**body, "browser": True})


def _sign_in_form(page: Page, form: Form, step: SignInStep, status: int = 200) -> Response:
    to = local_path(form.text("to") or page.query.get("to", ""))
    shown_status = 422 if status in (401, 409, 422, 429) else status  # what the form itself says
    values: dict[str, Any] = {"form": form, "step": step, "to": to}
    return page.show("signing_in/sign_in.html", shown_status, **values)


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {
    "GET /": show_start,
    "GET /sign-in": show_sign_in,
    "POST /sign-in": sign_in,
    "POST /sign-in/again": sign_in_again,
    "POST /sign-in/passkey-options": ask_for_passkey,
    "POST /sign-in/passkey": sign_in_by_passkey,
    "GET /session": stay,
    "GET /session/token": show_token,
    "POST /sign-out": sign_out,
    **links.PAGES,
    **sign_up.PAGES,
}
