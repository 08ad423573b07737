"""Taking a colleague's lost second factor away, after proof of who does it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from flask import Response

from gateway.web.page import Page
from gateway.web.proving import NEEDED, prove, with_cookie
from gateway.web.staff.member import profile
from gateway.web.staff.pages import LIST, refused

REMOVE: Final = "DELETE /staff/{staff_id}/second-factors"


def remove(page: Page) -> Response:
    """App, passkeys and recovery codes stop working, the person is signed out everywhere, and a mail tells them."""
    page, sid, wrong = prove(page)
    if wrong is not None:
        return profile(page, {"factor": wrong})
    reply = page.ask(REMOVE, staff_id=page.ids["staff_id"], headers=page.form.sent)
    if reply.ok:
        there = page.leave(f"{LIST}/{page.ids['staff_id']}/profile", "factor_removed")
        return with_cookie(page, there, sid)
    if reply.code == NEEDED:
        return profile(page, {"factor": page.form.wrong(password="Enter your own password first.")})  # noqa: S106 - words
    return with_cookie(page, profile(page, {"factor": refused(page.form, reply)}), sid)


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {
    "POST /settings/staff/{staff_id}/second-factor/remove": remove,
}
