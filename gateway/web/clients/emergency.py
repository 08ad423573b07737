"""Emergency access: opening a record that is not one's own for a while, with a reason, and ending it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from flask import Response

from gateway.web.clients.chart import chart_of
from gateway.web.forms import Form
from gateway.web.page import Page

OPEN: Final = "POST /clients/{client_id}/break-glass"
END: Final = "POST /break-glass/{opening_id}/end"
REFUSED: Final = (403, 409, 422)


def show_emergency(page: Page) -> Response:
    """What it opens, for how long, and who is told; and a reason to give."""
    return _emergency(page, Form())


def open_record(page: Page) -> Response:
    """Open the record for the practice's time."""
    form = page.form
    reply = page.ask(OPEN, client_id=_id(page), body={"reason": form.text("reason")}, headers=form.sent)
    if reply.ok:
        return page.leave(f"/clients/{_id(page)}", "emergency_opened")
    if reply.status not in REFUSED:
        page.problem(reply)
    return _emergency(page, form.refused(reply.value), 422)


def end_access(page: Page) -> Response:
    """End it before its time."""
    reply = page.ask(END, opening_id=page.ids["opening_id"], headers=page.form.sent)
    return page.leave(f"/clients/{_id(page)}", "emergency_ended") if reply.ok else page.problem(reply)


def _emergency(page: Page, form: Form, status: int = 200) -> Response:
    return page.show(
        "clients/emergency.html",
        status,
        chart=chart_of(page, _id(page)),
        reason=form,
        minutes=page.me["organization"].get("break_glass_minutes"),
        allowed=page.session is not None and bool(page.session.actor.emergency_access),
    )


def _id(page: Page) -> str:
    return page.ids["client_id"]


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {
    "GET /clients/{client_id}/emergency": show_emergency,
    "POST /clients/{client_id}/emergency": open_record,
    "POST /clients/{client_id}/emergency/{opening_id}/end": end_access,
}
