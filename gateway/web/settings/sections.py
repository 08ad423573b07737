"""What the pages of the organization's settings share: the tabs, who changed something last, and saving a section."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from flask import Response

from gateway.web import text
from gateway.web.conflicts import Conflict, conflict_of, over
from gateway.web.forms import Form
from gateway.web.page import Page
from gateway.web.people import names_of
from shared import clock

HISTORY: Final = "GET /organization/history"
READ: Final = "GET /organization"
CHANGE: Final = "PATCH /organization"
TABS: Final = (
    ("/settings", "Practice profile"),
    ("/settings/hours", "Hours and holidays"),
    ("/settings/policies", "Appointments and invoices"),
    ("/settings/printing", "What prints"),
    ("/settings/history", "History"),
)
REFUSED: Final = (403, 409, 413, 422)

# What is to be shown of one section: the form, and the conflict where somebody saved first.
Section = tuple[Form, Conflict | None]


def show(page: Page, template: str, status: int = 200, **values: Any) -> Response:
    """A page of the settings, with its tabs and who changed them last."""
    history = page.ask(HISTORY, limit=1)
    latest = history.value["items"][0] if history.ok and history.value["items"] else None
    return page.show(
        template,
        status,
        tabs=TABS,
        changed=_changed(page, latest) if latest else "",
        **values,
    )


def _changed(page: Page, change: Mapping[str, Any]) -> str:
    return said_of(change, names_of(page, [change["changed_by"]]), page.me["organization"]["time_zone"])


def said_of(change: Mapping[str, Any], names: Mapping[str, str], zone: str) -> str:
    """`Last changed by Olga Admin, today, 2:05 pm.`"""
    who = names.get(change["changed_by"], "somebody who has left")
    return f"Last changed by {who}: {text.moment(change['changed_at'], zone, clock.now())}."


def save(
    page: Page,
    body: Mapping[str, Any],
    form: Form,
    *,
    to: str,
    words: Mapping[str, str],
    stored_form: Callable[[Mapping[str, Any]], Form] = Form.of,
    lists: tuple[str, ...] = (),
) -> Response | Section:
    """Change settings and leave for `to`; otherwise the form as it is to be shown again.

    `words`: what the inputs are called; `stored_form`: the form of what is stored. Raises `Problem`.
    """
    if form.errors:
        return form, None
    reply = page.ask(CHANGE, body=body, headers=form.sent)
    if reply.ok:
        return page.leave(to, "saved")
    if reply.status == 412:
        organization = page.need(READ)
        return over(form, organization["version"]), conflict_of(form, stored_form(organization), words)
    if reply.status not in REFUSED:
        page.problem(reply)
    return form.refused(reply.value, *lists), None


def status_of(section: Section) -> int:
    """What a browser is told of a section that is shown again."""
    return 412 if section[1] else 422
