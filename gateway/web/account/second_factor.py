"""The second factor: the authenticator app, passkeys and recovery codes. Also where the practice demands one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import orjson
from flask import Response

from gateway.route_table.pages import SECOND_FACTOR as HERE
from gateway.web.account import views
from gateway.web.account.proof import PROOF_INPUTS, refused_proof
from gateway.web.account.qr_code import qr_code_of
from gateway.web.forms import Form, Json, Text, body_of
from gateway.web.landing import landing_of
from gateway.web.next_cookie import after_change, with_next
from gateway.web.page import ApiResponse, Page

PROOF: Final = (Text("password", blank="keep"), *PROOF_INPUTS)


def show(page: Page) -> Response:
    """What is set up, and what can be."""
    return _show(page)


def set_app_up(page: Page) -> Response:
    """Show the secret for the app; it takes effect with its first code."""
    reply = _prove(page, "POST /me/totp")
    if not reply.ok:
        return _refused(page, reply, "app")
    return _app_step(page, Form(), reply.value["secret"], reply.value["provisioning_uri"])


def confirm_app(page: Page) -> Response:
    """Turn the app on with its first code, and show the recovery codes."""
    body, _ = body_of(page.form, (Text("code"),))
    reply = page.ask("POST /me/totp/confirm", body=body, headers=page.form.sent)
    if reply.ok:
        return _codes(page, reply.value["recovery_codes"], "Your authenticator app is on", after_change(page, reply))
    if reply.code in ("wrong_code", "validation_failed") or reply.status == 422:
        form = page.form.refused(reply.value).wrong(code=reply.detail)
        return _app_step(page, form, page.form.text("secret"), page.form.text("address"), 422)
    return _refused(page, reply, "app")


def turn_app_off(page: Page) -> Response:
    """Do without the app."""
    reply = _prove(page, "POST /me/totp/remove")
    return _changed(page, reply, "app_off") if reply.ok else _refused(page, reply, "app-off")


def renew_codes(page: Page) -> Response:
    """Ten new recovery codes in place of the old ones."""
    reply = _prove(page, "POST /me/recovery-codes")
    if not reply.ok:
        return _refused(page, reply, "codes")
    return _codes(page, reply.value["recovery_codes"], "Your new recovery codes", page)


def begin_passkey(page: Page) -> Response:
    """Have the browser make a passkey: a page with what it is to ask the device for."""
    if not page.form.text("name").strip():
        form = page.form.wrong(name="Give it a name, such as the device’s.")
        return _show(page, {"passkey": form}, 422)
    reply = _prove(page, "POST /me/passkeys/options")
    if not reply.ok:
        return _refused(page, reply, "passkey")
    return _passkey_step(page, Form(values={"name": (page.form.text("name"),)}), reply.value["public_key"])


def add_passkey(page: Page) -> Response:
    """Keep the passkey that the browser has made."""
    body, _ = body_of(page.form, (Text("name"), Json("credential")))
    reply = page.ask("POST /me/passkeys", body=body, headers=page.form.sent)
    if not reply.ok:
        return _refused(page, reply, "passkey")
    if reply.value["recovery_codes"]:
        return _codes(page, reply.value["recovery_codes"], "Your passkey is added", after_change(page, reply))
    return _changed(page, reply, "passkey_added")


def rename_passkey(page: Page) -> Response:
    """Call a passkey something else."""
    body, _ = body_of(page.form, (Text("name"),))
    passkey_id = page.ids["passkey_id"]
    reply = page.ask("PATCH /me/passkeys/{passkey_id}", body=body, headers=page.form.sent, passkey_id=passkey_id)
    return page.leave(HERE, "saved") if reply.ok else _refused(page, reply, f"name-{passkey_id}")


def remove_passkey(page: Page) -> Response:
    """Do without a passkey."""
    passkey_id = page.ids["passkey_id"]
    reply = _prove(page, "POST /me/passkeys/{passkey_id}/remove", passkey_id=passkey_id)
    return _changed(page, reply, "passkey_removed") if reply.ok else _refused(page, reply, f"remove-{passkey_id}")


def _prove(page: Page, row: str, **ids: str) -> ApiResponse:
    body, _ = body_of(page.form, PROOF)
    return page.ask(row, body=body, headers=page.form.sent, **ids)


def _changed(page: Page, reply: ApiResponse, done: str) -> Response:
    return with_next(after_change(page, reply), page.leave(HERE, done))


def _refused(page: Page, reply: ApiResponse, which: str) -> Response:
    if reply.status >= 500 or reply.status in (403, 404):
        return page.problem(reply)
    return _show(page, {which: refused_proof(page.form, reply.value)}, 422)


def _show(page: Page, forms: Mapping[str, Form] | None = None, status: int = 200) -> Response:
    """`forms`: what was refused, by its place on the page; its part of the page stands open."""
    return page.show(
        "account/second_factor.html",
        status,
        factors=page.need("GET /me/second-factors"),
        forms=forms or {},
        blank=Form(),
        enrolling=page.session is not None and page.session.actor.enrolling,
        tabs=views.TABS,
    )


def _app_step(page: Page, form: Form, secret: str, address: str, status: int = 200) -> Response:
    address = views.app_address(address)
    shown: dict[str, Any] = {"secret": secret, "chunks": views.chunks(secret), "address": address}
    shown["qr"] = qr_code_of(address)
    return page.show("account/app_step.html", status, form=form, **shown)


def _passkey_step(page: Page, form: Form, options: Any) -> Response:
    return page.show("account/passkey_step.html", form=form, options=orjson.dumps(options).decode())


def _codes(page: Page, codes: list[str], title: str, after: Page) -> Response:
    """The codes, shown `after` the change, in the session that goes on."""
    me = after.need("GET /me")
    enrolled = page.session is not None and page.session.actor.enrolling
    to = landing_of(after.me_of(after.visitor.cookie or "")) if enrolled else HERE
    shown = after.show(
        "account/recovery_codes.html", codes=codes, title=title, to=to, practice_name=me["organization"]["name"]
    )
    return with_next(after, shown)


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {
    f"GET {HERE}": show,
    f"POST {HERE}/app": set_app_up,
    f"POST {HERE}/app/confirm": confirm_app,
    f"POST {HERE}/app/remove": turn_app_off,
    f"POST {HERE}/recovery-codes": renew_codes,
    f"POST {HERE}/passkeys": begin_passkey,
    f"POST {HERE}/passkeys/add": add_passkey,
    f"POST {HERE}/passkeys/{{passkey_id}}/name": rename_passkey,
    f"POST {HERE}/passkeys/{{passkey_id}}/remove": remove_passkey,
}
