"""My account: profile, preferences, password, address, sessions, and what I may do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from flask import Response

from gateway.route_table.pages import WEB
from gateway.web import rendering
from gateway.web.account import second_factor, views
from gateway.web.account.proof import PROOF_INPUTS, refused_proof
from gateway.web.forms import Form, Input, Text, Tick, body_of
from gateway.web.next_cookie import after_change, with_next
from gateway.web.page import ApiResponse, Page, Question
from shared import clock

PROFILE: Final = (Text("phone", blank="null"), Text("pronouns", blank="null"), Text("colour", blank="null"))
PREFERENCES: Final = (Text("theme"), Tick("single_keys"), Text("landing"), Text("week_start"))
PASSWORD: Final = (Text("current_password", blank="keep"), Text("new_password", blank="keep"), *PROOF_INPUTS)
EMAIL: Final = (Text("new_email"), Text("password", blank="keep"), *PROOF_INPUTS)
_PERMISSIONS: Final = {row.path: row.permission for row in WEB if row.method == "GET"}


def show_account(page: Page) -> Response:
    """Profile and preferences."""
    return _account(page)


def save_profile(page: Page) -> Response:
    """Change what everybody may change about themselves."""
    reply = _change(page, "PATCH /me", PROFILE)
    if reply.ok:
        return page.leave("/account", "saved")
    if reply.status == 412:
        current = page.need("GET /me")
        form = replace(page.form, summary="Somebody changed your profile meanwhile. Look at it, and save again.")
        return _account(page.with_me(current), profile=form, version=current["staff"]["version"], status=412)
    return _account(page, profile=_refused(page, reply), status=422)


def save_preferences(page: Page) -> Response:
    """Change how the web app looks and behaves, for this person."""
    reply = _change(page, "PATCH /me/preferences", PREFERENCES)
    if not reply.ok:
        return _account(page, preferences=_refused(page, reply), status=422)
    response = page.leave("/account", "saved")
    response.delete_cookie(rendering.THEME_COOKIE, path="/", samesite="Lax")  # what was just chosen holds here, too
    return response


def show_security(page: Page) -> Response:
    """Password, address, second factor, sessions."""
    return _security(page)


def change_password(page: Page) -> Response:
    """Another password; every other session ends."""
    reply = _change(page, "POST /passwords/change", PASSWORD)
    if reply.ok:
        return with_next(after_change(page, reply), page.leave("/account/security", "password_changed"))
    return _security(page, password=_refused(page, reply, "current_password"), status=422)


def change_email(page: Page) -> Response:
    """Have a link mailed to another address."""
    reply = _change(page, "POST /me/email", EMAIL)
    if reply.ok:
        return page.leave("/account/security", "email_change_mailed")
    return _security(page, email=_refused(page, reply), status=422)


def cancel_email_change(page: Page) -> Response:
    """Keep the address after all."""
    return page.change("DELETE /me/email-change", "/account/security", "email_change_cancelled")


def end_session(page: Page) -> Response:
    """End one session of one's own."""
    reply = page.ask("DELETE /me/sessions/{session_id}", session_id=page.ids["session_id"])
    return page.leave("/account/security", "session_ended") if reply.ok else page.problem(reply)


def end_other_sessions(page: Page) -> Response:
    """Sign out everywhere else."""
    reply = page.ask("DELETE /me/sessions", keep_current=True)
    return page.leave("/account/security", "signed_out_elsewhere") if reply.ok else page.problem(reply)


def show_permissions(page: Page) -> Response:
    """What I may do, and why."""
    areas = views.areas_of(page.me, rendering.LEVEL_NAMES)
    return page.show("account/permissions.html", areas=areas, limits=views.limits_on(page.me), tabs=views.TABS)


def _change(page: Page, row: str, inputs: Sequence[Input]) -> ApiResponse:
    body, _ = body_of(page.form, inputs)
    return page.ask(row, body=body, headers=page.form.sent)


def _refused(page: Page, reply: ApiResponse, beside: str = "password") -> Form:
    """The form with what the API says of it. Raises `Problem` for what is no matter of the form."""
    if reply.status >= 500:
        page.problem(reply)
    return refused_proof(page.form, reply.value, beside)


def _account(
    page: Page,
    *,
    profile: Form | None = None,
    preferences: Form | None = None,
    version: int | None = None,
    status: int = 200,
) -> Response:
    me = page.me if version else page.need("GET /me")
    staff = me["staff"]
    shown = profile or Form.of(staff)
    return page.show(
        "account/account.html",
        status,
        profile=shown,
        version=version or page.form.text("version") or staff["version"],
        preferences=preferences or Form.of(me["preferences"]),
        colours=views.colours_with(shown.text("colour")),
        landings=views.landings(_PERMISSIONS.keys(), page.can, _PERMISSIONS),
        staff=staff,
        tabs=views.TABS,
    )


def _security(page: Page, *, password: Form | None = None, email: Form | None = None, status: int = 200) -> Response:
    replies = page.ask_all(
        factors=Question("GET /me/second-factors"),
        sessions=Question("GET /me/sessions"),
        change=Question("GET /me/email-change"),
    )
    factors, sessions, change = replies["factors"], replies["sessions"], replies["change"]
    waits = change.value if change.ok and change.value["new_email"] else None
    zone = page.me["organization"]["time_zone"]
    return page.show(
        "account/security.html",
        status,
        password=password or Form(),
        email=email or Form.of({"new_email": waits["new_email"]} if waits else {}),
        waits=waits,
        factors=factors,
        sessions=sessions,
        rows=views.sessions_of(sessions.value["items"], zone, clock.now()) if sessions.ok else [],
        staff=page.me["staff"],
        tabs=views.TABS,
    )


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {
    "GET /account": show_account,
    "POST /account/profile": save_profile,
    "POST /account/preferences": save_preferences,
    "GET /account/security": show_security,
    "POST /account/password": change_password,
    "POST /account/email": change_email,
    "POST /account/email/cancel": cancel_email_change,
    "POST /account/sessions/{session_id}/end": end_session,
    "POST /account/sessions/end-others": end_other_sessions,
    "GET /account/permissions": show_permissions,
    **second_factor.PAGES,
}
