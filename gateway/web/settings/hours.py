"""When the practice is open, day by day, and the days on which it is closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from flask import Response

from gateway.web.forms import Form
from gateway.web.page import Page
from gateway.web.settings import sections
from gateway.web.settings.views import form_of_holidays, holidays_of, rows_of_holidays
from gateway.web.weekly_hours import WEEKDAYS, at_inputs, form_of_hours, hours_of, spans_of

PATH: Final = "/settings/hours"


def show_hours(page: Page) -> Response:
    """Both, as they are stored."""
    return _hours(page, {})


def save_hours(page: Page) -> Response:
    """The hours of a whole week."""
    hours, places = hours_of(page.form)
    return _saved(page, "hours", {"business_hours": hours}, "business_hours", places)


def save_holidays(page: Page) -> Response:
    """All holidays. A row without a day and a name is none."""
    holidays, places = holidays_of(page.form)
    return _saved(page, "holidays", {"holidays": holidays}, "holidays", places)


def _saved(page: Page, section: str, body: Mapping[str, Any], field: str, places: Sequence[str]) -> Response:
    reply = page.ask(sections.CHANGE, body=body, headers=page.form.sent)
    if reply.ok:
        return page.leave(PATH, "saved")
    if reply.status == 412:
        return _hours(page, {section: page.form}, 412)
    if reply.status not in sections.REFUSED:
        return page.problem(reply)
    return _hours(page, {section: page.form.refused(at_inputs(reply.value, field, places))}, 422)


def _hours(page: Page, typed: Mapping[str, Form], status: int = 200) -> Response:
    organization = page.need(sections.READ)
    hours = typed.get("hours") or form_of_hours(organization["business_hours"])
    holidays = typed.get("holidays") or form_of_holidays(organization["holidays"])
    return sections.show(
        page,
        "settings/hours.html",
        status,
        hours=hours,
        weekdays=WEEKDAYS,
        spans=range(spans_of(hours)),
        proposed=not organization["business_hours"],
        holidays=holidays,
        rows=range(rows_of_holidays(holidays)),
        version=organization["version"],
        conflict=section_of(typed) if status == 412 else "",
    )


def section_of(typed: Mapping[str, Form]) -> str:
    """The one section that was typed into."""
    return next(iter(typed), "")
