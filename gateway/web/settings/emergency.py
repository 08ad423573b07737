"""Accesses to records in an emergency: who, whom, why and when, and what reviewers found."""

from __future__ import annotations

from typing import Any, Final

from flask import Response

from gateway.web.forms import Form, Text, body_of
from gateway.web.page import Page
from gateway.web.people import named_in, names_of
from gateway.web.settings import sections, views
from shared import clock

PATH: Final = "/settings/emergency-access"
REVIEW: Final = "POST /break-glass/{opening_id}/review"


def show_openings(page: Page) -> Response:
    """Those that wait for a review, or all."""
    return _openings(page)


def review(page: Page) -> Response:
    """Say whether an access was justified. A review stands."""
    body, form = body_of(page.form, (Text("outcome"), Text("comment")))
    reply = page.ask(REVIEW, opening_id=page.ids["opening_id"], body=body, headers=form.sent)
    if reply.ok:
        return page.leave(PATH, "reviewed")
    if reply.status not in sections.REFUSED:
        return page.problem(reply)
    return _openings(page, form.refused(reply.value))


def _openings(page: Page, form: Form | None = None) -> Response:
    everything = page.query.get("state") == "all"
    found: Any = page.need(
        "GET /break-glass", state="all" if everything else "to_review", cursor=page.query.get("cursor")
    )
    ids = sorted({item["client_id"] for item in found["items"]})
    clients = page.ask("POST /clients/lookup", body={"ids": ids}) if ids else None
    named = clients.value["items"] if clients is not None and clients.ok else []
    whom = {client["id"]: f"{client['name']} {client['number']}" for client in named}
    who = names_of(page, named_in(found["items"]))
    zone = page.me["organization"]["time_zone"]
    return page.show(
        "settings/emergency_access.html",
        422 if form else 200,
        rows=views.opening_rows(found["items"], who, whom, zone, clock.now()),
        state="all" if everything else "",
        next_cursor=found["next_cursor"],
        reviewed=page.ids.get("opening_id", ""),
        unsent=Form(),
        form=form or Form(),
    )
