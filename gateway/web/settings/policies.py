"""How appointments and invoices go: usual length, review of plans, numbers, write-offs, the cancellation policy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import Response

from gateway.web import text
from gateway.web.forms import Form, Input, Money, Text, Whole, body_of
from gateway.web.page import Page
from gateway.web.people import named_in, names_of
from gateway.web.settings import sections
from shared import clock

PATH: Final = "/settings/policies"
INPUTS: Final[tuple[Input, ...]] = (
    Whole("session_minutes"),
    Whole("plan_review_days"),
    Text("invoice_prefix", blank="keep"),
    Money("write_off_limit_cents"),
)
WORDS: Final = {
    "session_minutes": "Usual length",
    "plan_review_days": "Days until a review",
    "invoice_prefix": "Invoice number prefix",
    "write_off_limit_cents": "Limit of write-offs",
}
POLICY: Final[tuple[Input, ...]] = (
    Whole("notice_hours"),
    Money("late_cancel_fee_cents"),
    Money("no_show_fee_cents"),
    Text("effective_from"),
    Text("text"),
)


def show_policies(page: Page) -> Response:
    """Both, as they are stored."""
    return _policies(page)


def save_policies(page: Page) -> Response:
    """Lengths, days, the beginning of numbers and the limit of write-offs."""
    body, form = body_of(page.form, INPUTS)
    done = sections.save(page, body, form, to=PATH, words=WORDS, stored_form=_form_of)
    return _policies(page, done) if isinstance(done, tuple) else done


def add_policy(page: Page) -> Response:
    """The next version of the cancellation policy."""
    body, form = body_of(page.form, POLICY)
    if form.errors:
        return _policies(page, policy=form)
    reply = page.ask("POST /cancellation-policies", body=body, headers=form.sent)
    if reply.ok:
        return page.leave(PATH, "policy_added")
    if reply.status not in sections.REFUSED:
        return page.problem(reply)
    return _policies(page, policy=form.refused(reply.value))


def _form_of(organization: Mapping[str, Any]) -> Form:
    """What is stored, with the limit in dollars."""
    return Form.of({**organization, "write_off_limit_cents": text.dollars(organization["write_off_limit_cents"])})


def _policies(page: Page, section: sections.Section | None = None, policy: Form | None = None) -> Response:
    organization = page.need(sections.READ)
    form, conflict = section or (_form_of(organization), None)
    versions: Any = page.ask("GET /cancellation-policies", cursor=page.query.get("cursor"))
    items = versions.value["items"] if versions.ok else []
    names = names_of(page, named_in(items))
    latest = items[0] if items else {}
    blank = {name: text.dollars(latest[name]) for name in ("late_cancel_fee_cents", "no_show_fee_cents") if latest}
    today = clock.today(organization["time_zone"])
    begun = {"effective_from": today.isoformat(), "notice_hours": latest.get("notice_hours", 24)}
    stored = Form.of({**begun, "text": latest.get("text"), **blank})
    status = sections.status_of(section) if section else 422 if policy else 200
    return sections.show(
        page,
        "settings/policies.html",
        status,
        form=form,
        conflict=conflict,
        policy=policy or stored,
        prefix=organization["invoice_prefix"],
        year=today.year,
        versions=versions,
        names=names,
        next_cursor=versions.value["next_cursor"] if versions.ok else None,
    )
