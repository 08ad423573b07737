"""What keeps records safe: second factors, idle sessions, what Administration opens, and emergency access."""

from __future__ import annotations

from typing import Final

from flask import Response

from gateway.web.forms import Form, Input, Tick, Whole, body_of
from gateway.web.page import Page
from gateway.web.settings import sections

PATH: Final = "/settings/security"
INPUTS: Final[tuple[Input, ...]] = (
    Tick("requires_second_factor"),
    Whole("idle_minutes"),
    Tick("restricts_administration"),
    Tick("break_glass_enabled"),
    Whole("break_glass_minutes"),
    Whole("author_access_days"),
)
WORDS: Final = {
    "requires_second_factor": "Second factor for everybody",
    "idle_minutes": "Minutes until somebody idle is signed out",
    "restricts_administration": "Administration opens assigned cases only",
    "break_glass_enabled": "Emergency access",
    "break_glass_minutes": "Minutes of emergency access",
    "author_access_days": "Days for which authors who left a case read their notes",
}


def show_security(page: Page) -> Response:
    """The settings; to be changed by those who may, to be read by the others."""
    return _security(page)


def save_security(page: Page) -> Response:
    """Save them all."""
    body, form = body_of(page.form, INPUTS)
    done = sections.save(page, body, form, to=PATH, words=WORDS)
    return _security(page, done) if isinstance(done, tuple) else done


def _security(page: Page, section: sections.Section | None = None) -> Response:
    organization = page.need(sections.READ)
    form, conflict = section or (Form.of(organization), None)
    return sections.show(
        page,
        "settings/security.html",
        sections.status_of(section) if section else 200,
        form=form,
        conflict=conflict,
        organization=organization,
    )
