"""What the practice prints and bills under, from which day on, and the history of the settings."""

from __future__ import annotations

from typing import Any, Final

from flask import Response

from gateway.web.addresses import PARTS
from gateway.web.forms import Form, Input, Text, body_of
from gateway.web.page import Page
from gateway.web.people import named_in, names_of
from gateway.web.settings import sections, views
from shared import clock

PATH: Final = "/settings/printing"
VERSIONS: Final = "GET /organization/billing-profiles"
INPUTS: Final[tuple[Input, ...]] = (
    *(Text(name) for name in ("name", "legal_name", "phone", "fax", "email", "tax_id", "npi", "taxonomy")),
    *(Text(f"address.{name}") for name in PARTS),
    Text("effective_from"),
)


def show_printing(page: Page) -> Response:
    """All versions, and the form for another."""
    return _printing(page)


def add_version(page: Page) -> Response:
    """Another version from a day on; what is left blank stays as it was on that day."""
    body, form = body_of(page.form, INPUTS)
    reply = page.ask("POST /organization/billing-profiles", body=body, headers=form.sent)
    if reply.ok:
        return page.leave(PATH, "printing_saved")
    if reply.status not in sections.REFUSED:
        return page.problem(reply)
    return _printing(page, form.refused(reply.value))


def show_history(page: Page) -> Response:
    """Every change of the settings, latest first."""
    found = page.need(sections.HISTORY, cursor=page.query.get("cursor"))
    zone = page.me["organization"]["time_zone"]
    names = names_of(page, named_in(found["items"]))
    changes = views.changes_of(found["items"], names, zone, clock.now())
    return sections.show(page, "settings/history.html", changes=changes, next_cursor=found["next_cursor"])


def _printing(page: Page, form: Form | None = None) -> Response:
    found: Any = page.need(VERSIONS, cursor=page.query.get("cursor"))
    zone = page.me["organization"]["time_zone"]
    names = names_of(page, named_in(found["items"]))
    return sections.show(
        page,
        "settings/printing.html",
        422 if form else 200,
        form=form or Form(),
        versions=views.versions_of(found["items"], names, zone, clock.now()),
        next_cursor=found["next_cursor"],
    )
