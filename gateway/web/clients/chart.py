"""The chart of one client: the head and the tabs that stand around every page of a client's record.

A tab of another area takes three steps.

1. Its row names `*CHART` after what it asks itself: `page("GET", "/clients/{client_id}/plan", "GET /cases/{case_id}",
   *CHART)`. The first row decides who may have the tab; the tab then appears for them in every chart by itself.
2. Its handler asks all at once, and the client's record comes along:
   `chart = chart_of(page, page.ids["client_id"], cases=Question(…))`. A client whom the person may not know raises
   `Problem`; every other question answers or fails by itself, in `chart.answers["cases"]`.
3. Its template extends `clients/chart.html`, fills the block `tab`, and is shown with
   `page.show("notes/cases.html", chart=chart, …)`. Title, head, tabs and crumbs are the frame's.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from gateway.route_table.pages import WEB
from gateway.route_table.row import Row
from gateway.web import text
from gateway.web.clients.held import Held, held_of
from gateway.web.clients.unwritten import Unwritten, unwritten
from gateway.web.clients.views import STATUSES, age, birthday, initials, marks
from gateway.web.page import ApiResponse, Page, Problem, Question
from gateway.web.rendering import url
from shared import clock

ONE: Final = "GET /clients/{client_id}"
OPENINGS: Final = "GET /break-glass"
OPENINGS_MAX: Final = 200
WORK: Final = "GET /worklist"
WORK_MAX: Final = 200
SESSIONS: Final = "GET /clients/{client_id}/appointments"
WRITE: Final = "POST /notes/new"  # begins a note about a session, or leads to the one that there is
LIST: Final = "/clients"
PATH: Final = "/clients/{client_id}"
# What may stand side by side, in this order: the last part of the path, and the name.
TABS: Final = (
    ("", "Overview"),
    ("/cases", "Cases"),
    ("/plan", "Plan"),
    ("/appointments", "Appointments"),
    ("/ledger", "Ledger"),
    ("/details", "Details"),
    ("/activity", "Activity"),
)
# Kinds of work that wait for somebody behind a tab.
WAITS: Final[Mapping[str, tuple[str, ...]]] = {
    "/cases": ("draft", "returned", "to_approve", "to_cosign"),
    "/plan": ("plan_to_sign", "plan_due"),
    "/appointments": ("no_note",),
}
BOOKING: Final = "/agenda/new"  # nothing is booked for archived clients
# What can be begun from a chart. Those pages are other areas'; each is there once it exists and for who may have it.
ACTIONS: Final = (
    (BOOKING, "calendar-plus", "Schedule"),
    ("/payments/new", "hand-coins", "Take payment"),
)
EDITING: Final = "/details/edit"
# What is done seldom, in a menu of the head: so that it is near for the keyboard on every tab.
SELDOM: Final = (
    (EDITING, "square-pen", "Change details"),
    ("/details/archive", "ban", "Archive client"),
    ("/details/delete", "user-x", "Delete client"),
)
ROWS: Final[Mapping[str, Row]] = {row.path: row for row in WEB if row.method == "GET"}


@dataclass(frozen=True, slots=True)
class Action:
    """Something that is begun from the chart."""

    path: str
    icon: str
    name: str


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab with what waits there for the person; `count` is empty where nothing does."""

    path: str
    name: str
    here: bool
    count: str


@dataclass(frozen=True, slots=True)
class Emergency:
    """The person's own emergency access to the client, while it lasts."""

    minutes: int
    until: str
    end: str  # where it is ended


@dataclass(frozen=True, slots=True)
class Chart:
    """What the head and the tabs of a chart show, and what the page asked besides."""

    client: Mapping[str, Any]
    answers: Mapping[str, ApiResponse]
    path: str
    name: str
    initials: str
    marks: str  # initials and number: all that a title says of a client
    hue: str
    born: str
    age: int
    phone: str
    status: tuple[str, str]
    actions: Sequence[Action]
    more: Sequence[Action]  # what is done seldom, in a menu
    tabs: Sequence[Tab]
    tab: str  # the path of the tab that the page belongs to
    tab_name: str
    emergency: Emergency | None
    emergency_path: str  # where it can be asked for; empty where it cannot
    to_write: Sequence[Unwritten]  # the sessions of theirs about which they can begin a note, the last first
    held: Sequence[Held]  # whose records it holds besides the client's own
    work: Sequence[Mapping[str, Any]]  # what waits for them about the client


def chart_of(page: Page, client_id: str, **questions: Question) -> Chart:
    """The client's record and the page's own questions, all asked at once. Raises `Problem` without the record."""
    wanted = {ONE: Question(ONE, {"client_id": client_id})}
    if opens := _may_open(page):
        wanted[OPENINGS] = Question(OPENINGS, query={"state": "open", "limit": OPENINGS_MAX})
    zone, now = page.me["organization"]["time_zone"], clock.now()
    today = now.astimezone(ZoneInfo(zone)).date()
    if page.can("notes:update"):
        wanted[WORK] = Question(WORK, query={"client_id": client_id, "limit": WORK_MAX})
    if writes := may_use(page, WRITE):
        wanted[SESSIONS] = Question(SESSIONS, {"client_id": client_id}, {"from": today, "to": today})
    answers = page.ask_all(**wanted, **questions)
    record, openings = answers.pop(ONE), answers.pop(OPENINGS, None)
    work, sessions = (_items(answers.pop(name, None)) for name in (WORK, SESSIONS))
    if not record.ok:
        raise Problem(record)
    client = record.value
    path = PATH.format(client_id=client["id"])
    last = _last_part(page.row.path)
    return Chart(
        client=client,
        answers=answers,
        path=path,
        name=client["display_name"],
        initials=initials(client),
        marks=marks(client),
        hue=text.hue(client["id"]),
        born=birthday(client["date_of_birth"]),
        age=age(client["date_of_birth"], today),
        phone=text.phone(client["phone"]),
        status=STATUSES[client["status"]],
        actions=[
            Action(url(to, client_id=client["id"]), picture, name)
            for to, picture, name in ACTIONS
            if _may(page, to) and not (to == BOOKING and client["status"] == "archived")
        ],
        more=[
            Action(path + part, picture, name)
            for part, picture, name in SELDOM
            if _may(page, PATH + part) and (part == EDITING or client["status"] != "archived")
        ],
        tabs=tabs_of(path, [(part, name) for part, name in TABS if _may(page, PATH + part)], last, work),
        tab=path + last,
        tab_name=dict(TABS)[last],
        emergency=_emergency(page, client["id"], openings),
        emergency_path=f"{path}/emergency" if opens else "",
        to_write=unwritten(work, sessions, page.me["staff"]["id"], zone, now) if writes else [],
        held=held_of(page, client),
        work=work,
    )


def tabs_of(path: str, parts: Sequence[tuple[str, str]], here: str, work: Sequence[Mapping[str, Any]]) -> list[Tab]:
    """The tabs of a chart, each with how much of the person's work about the client is done there."""
    counts = {part: sum(item["kind"] in kinds for item in work) for part, kinds in WAITS.items()}
    return [Tab(path + part, name, part == here, f"{counts.get(part) or ''}") for part, name in parts]


def tab_path(page: Page, chart: Chart, part: str) -> str:
    """The path of a tab, `/ledger`; empty where there is none for the person."""
    return chart.path + part if _may(page, PATH + part) else ""


def may_use(page: Page, row: str) -> bool:
    """Whether there is a page of that name, `POST /notes/new`, and the person has its permission."""
    found = next((page_row for page_row in WEB if page_row.name == row), None)
    return found is not None and page.can(found.permission)


def _may(page: Page, path: str) -> bool:
    row = ROWS.get(path)
    return row is not None and page.can(row.permission)


def _may_open(page: Page) -> bool:
    """Whether there is anything that emergency access could open to the person; the API has the last word."""
    if page.session is None or not page.can("break_glass:open"):
        return False
    actor = page.session.actor
    return bool(actor.emergency_access) and not actor.sees_all_cases and "therapist" in actor.levels


def _emergency(page: Page, client_id: str, openings: ApiResponse | None) -> Emergency | None:
    mine = page.me["staff"]["id"]
    items = openings.value["items"] if openings is not None and openings.ok else []
    found = next((item for item in items if (item["client_id"], item["staff_id"]) == (client_id, mine)), None)
    if found is None:
        return None
    ends = datetime.fromisoformat(found["ends_at"])
    until = ends.astimezone(ZoneInfo(page.me["organization"]["time_zone"]))
    left = max(1, math.ceil((ends - clock.now()).total_seconds() / 60))
    return Emergency(left, text.clock_time(until), f"/clients/{client_id}/emergency/{found['id']}/end")


def _items(reply: ApiResponse | None) -> Sequence[Mapping[str, Any]]:
    """Of a list; none where it was not asked for or could not be had."""
    return reply.value["items"] if reply is not None and reply.ok else ()


def _last_part(path: str) -> str:
    """Of the tab that a page with this path belongs to."""
    below = path.removeprefix(PATH)
    return next((part for part, _ in TABS if part and (below + "/").startswith(part + "/")), "")
