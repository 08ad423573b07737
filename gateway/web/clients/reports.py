"""Reports about clients: each a page with what it can be narrowed by, and a file of all its rows."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from flask import Response

from gateway.web import text
from gateway.web.clients.own import LISTED as OWN_FIELDS
from gateway.web.clients.own import fields_of
from gateway.web.clients.wishes import wished_in_words
from gateway.web.forms import Form
from gateway.web.page import Page
from shared import clock

LISTED: Final = 200  # as many as the API gives at once: what is printed is one page
HERE: Final = "/clients/reports"
FILES: Final = {"csv": "CSV", "xlsx": "Excel"}
MONTHS: Final = tuple((str(month), calendar.month_name[month]) for month in range(1, 13))
NO_FIELDS, EVERY_FIELD = "", "all"  # of the own fields in a file; else the slug of one
CONSENTS: Final = {"refused": "Do not use", "not_asked": "Not asked yet"}
BOOKED: Final = (("anything", "Any, or none"), ("nothing", "Nothing booked"))
Item = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Narrowing:
    """The one thing that a report is asked for: a number, or one of `options`."""

    name: str
    label: str
    usual: Callable[[date], str]
    options: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """A report as people see it. `heads`: the columns beside the client; `cells`: what stands in them."""

    slug: str
    title: str
    sentence: str
    heads: Sequence[str]
    cells: Callable[[Item, date], Sequence[str]]
    nobody: str
    otherwise: str
    narrowing: Narrowing | None = None
    own: bool = False  # whether the file may have the practice's own fields as columns

    @property
    def row(self) -> str:
        """The row of the API that answers it."""
        return f"GET /reports/clients/{self.slug}"

    @property
    def path(self) -> str:
        """Where its page is."""
        return f"{HERE}/{self.slug}"


def _day(visit: Item | None, today: date) -> str:
    return text.short_day(_local_day(visit), today) if visit else "Never"


def _local_day(visit: Item) -> date:
    return datetime.fromisoformat(visit["starts_at_local"]).date()


def _staff(item: Item) -> str:
    return ", ".join(member["display_name"] for member in item["staff"]) or "Nobody"


def _not_seen(item: Item, today: date) -> Sequence[str]:
    visit = item["last_visit"]
    return _staff(item), _day(visit, today), text.count((today - _local_day(visit)).days, "day") if visit else ""


def _active(item: Item, today: date) -> Sequence[str]:
    coming = item["next_appointment"]
    return _staff(item), _day(item["last_visit"], today), _day(coming, today) if coming else "Nothing booked"


def _no_consent(item: Item, _: date) -> Sequence[str]:
    return str(item["number"]), text.phone(item["value"]), CONSENTS[item["consent"]]


def _waiting(item: Item, today: date) -> Sequence[str]:
    waits = text.count((today - date.fromisoformat(item["waiting"]["since"])).days, "day")
    wishes = ". ".join(wished_in_words(item["waiting"], {item["waiting"]["staff_id"]: item["clinician"]}))
    return str(item["number"]), waits, wishes, text.phone(item["phone"])


def _birthdays(item: Item, _: date) -> Sequence[str]:
    born = date.fromisoformat(item["date_of_birth"])
    return str(item["number"]), f"{calendar.month_name[born.month]} {born.day}", str(item["turns"])


REPORTS: Final = (
    Report(
        slug="not-seen",
        title="Not seen lately",
        sentence="Active clients who were not here for some days and have nothing booked.",
        heads=("Clinicians", "Last visit", "Not seen for"),
        cells=_not_seen,
        nobody="Everybody was here, or comes",
        otherwise="Choose fewer days to find who was away for a shorter time.",
        narrowing=Narrowing("days", "Not seen for at least (days)", lambda _: "60"),
    ),
    Report(
        slug="active",
        title="Active clients",
        sentence="Everybody in treatment, with who is assigned to them, their last visit and the next one.",
        heads=("Clinicians", "Last visit", "Next appointment"),
        cells=_active,
        nobody="No such client",
        otherwise="Clients stand here while they are active.",
        narrowing=Narrowing("booked", "Appointments to come", lambda _: "anything", BOOKED),
    ),
    Report(
        slug="no-consent",
        title="No consent",
        sentence="Clients with a phone or an e-mail address that they did not agree to, or were not asked about.",
        heads=("Number", "Contact", "Consent"),
        cells=_no_consent,
        nobody="Everybody agreed",
        otherwise="Clients who have no such contact are not asked.",
        narrowing=Narrowing("channel", "Reached by", lambda _: "phone", (("phone", "Phone"), ("email", "E-mail"))),
        own=True,
    ),
    Report(
        slug="waiting",
        title="Waiting list",
        sentence="Prospective clients who wait, the longest first, with what they wish for.",
        heads=("Number", "Waits", "Suits them", "Phone"),
        cells=_waiting,
        nobody="Nobody waits",
        otherwise="Put a prospective client on the list under Details, Change details.",
        own=True,
    ),
    Report(
        slug="birthdays",
        title="Birthdays",
        sentence="Clients who were born in that month, by day. Archived clients are left out.",
        heads=("Number", "Birthday", "Turns"),
        cells=_birthdays,
        nobody="Nobody was born in this month",
        otherwise="Choose another month.",
        narrowing=Narrowing("month", "Month", lambda today: str(today.month), MONTHS),
        own=True,
    ),
)


def show_reports(page: Page) -> Response:
    """Which reports there are."""
    return page.show("clients/reports.html", reports=REPORTS)


def _shown(report: Report) -> Callable[[Page], Response]:
    def show(page: Page) -> Response:
        """One page of the report."""
        today = clock.today(page.me["organization"]["time_zone"])
        form = _narrowed(page, report, today)
        values: dict[str, Any] = {"report": report, "form": form, "rows": [], "next_cursor": None, "as_of": ""}
        wanted: dict[str, Any] = {name: form.text(name) for name in form.values}
        reply = page.ask(report.row, **wanted, limit=LISTED, cursor=page.query.get("cursor"))
        if reply.ok:
            zone = page.me["organization"]["time_zone"]
            at = datetime.fromisoformat(reply.value["as_of"]).astimezone(ZoneInfo(zone))
            values["as_of"] = f"{text.day(at.date())}, {text.clock_time(at)}"  # on paper there is no today
            values["next_cursor"] = reply.value["next_cursor"]
            values["own"] = _own_choices(page) if report.own and reply.value["items"] else ()
            values["rows"] = [
                (f"/clients/{item['client_id']}", item["display_name"], report.cells(item, today))
                for item in reply.value["items"]
            ]
        elif reply.status == 422 and "cursor" not in page.query:
            values["form"] = form.refused(reply.value)
        else:
            return page.problem(reply)
        return page.show("clients/report.html", kept=wanted, files=FILES, refused=not reply.ok, **values)

    return show


def _file(report: Report) -> Callable[[Page], Response]:
    def take(page: Page) -> Response:
        """The whole report as a file."""
        form = _narrowed(page, report, clock.today(page.me["organization"]["time_zone"]))
        chosen = page.query.get("format", "")
        kept = {name: form.text(name) for name in form.values}
        own = page.query.get("own", NO_FIELDS)
        if report.own and own == EVERY_FIELD:
            own = ",".join(slug for slug, _ in _own_fields(page))
        if report.own and own:
            kept["custom"] = own
        return page.hand_on(report.row, **kept, format=chosen if chosen in FILES else "csv")

    return take


def _own_choices(page: Page) -> Sequence[tuple[str, str]]:
    """Which own fields the file may have; none where the practice has none."""
    fields = _own_fields(page)
    return ((NO_FIELDS, "None"), (EVERY_FIELD, "All of them"), *fields) if fields else ()


def _own_fields(page: Page) -> Sequence[tuple[str, str]]:
    offered = [field for field in fields_of(page.ask(OWN_FIELDS.row, limit=LISTED)) if not field["archived"]]
    return [(field["slug"], field["name"]) for field in offered]


def _narrowed(page: Page, report: Report, today: date) -> Form:
    """What the address asks for, or the usual."""
    asks = report.narrowing
    return Form(values={asks.name: (page.query.get(asks.name) or asks.usual(today),)} if asks else {})


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {
    f"GET {HERE}": show_reports,
    **{f"GET {report.path}": _shown(report) for report in REPORTS},
    **{f"GET {report.path}/file": _file(report) for report in REPORTS},
}
