"""Clients in words: ages, marks, names that were searched, sessions, diagnoses in force, plans, and who sees what."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from gateway.route_table.pages import WEB
from gateway.web import text
from gateway.web.clients import care, columns, views
from gateway.web.clients.access_view import access_rows
from gateway.web.clients.chart import PATH, TABS, tabs_of
from gateway.web.clients.sessions import STATUSES, Names, next_of, past_of, session_rows
from shared.ids import new_id

NOW = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)
TODAY = date(2026, 11, 18)
ZONE = "America/New_York"
REQUESTS_MAX = 14


@pytest.mark.parametrize(
    ("born", "today", "years"),
    [
        ("1992-03-12", date(2026, 3, 11), 33),
        ("1992-03-12", date(2026, 3, 12), 34),
        ("2000-02-29", date(2026, 2, 28), 25),
        ("2000-02-29", date(2026, 3, 1), 26),
        ("2026-11-18", date(2026, 11, 18), 0),
    ],
)
def test_an_age_is_in_whole_years(born: str, today: date, years: int) -> None:
    assert views.age(born, today) == years


def test_a_title_says_initials_and_number_and_no_name() -> None:
    client = {"given_name": "Hannah", "preferred_name": None, "family_name": "Lindqvist", "number": 1042}
    assert views.marks(client) == "H.L. 1042"
    assert views.marks({**client, "preferred_name": "zoe"}) == "Z.L. 1042"


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("+15035550142", "(503) 555-0142"),
        ("+442079460958", "+44 20 7946 0958"),
        ("212", "212"),
        ("(212) 555-0147", "(212) 555-0147"),
        ("+1 518-555-0100 ext. 12", "(518) 555-0100 ext. 12"),
        (None, ""),
    ],
)
def test_phones_are_shown_as_people_write_them(stored: str | None, shown: str) -> None:
    assert text.phone(stored) == shown


@pytest.mark.parametrize(
    ("query", "name", "parts"),
    [
        ("lena k", "Lena K", ("Lena", "K")),
        ("mary ann o'neill", "Mary Ann O'neill", ("Mary Ann", "O'neill")),
        ("lena", "Lena", ("Lena", "")),
        ("1042", "", ("", "")),
        ("", "", ("", "")),
    ],
)
def test_what_was_searched_in_vain_becomes_a_name(query: str, name: str, parts: tuple[str, str]) -> None:
    assert text.named(query) == name
    assert views.split_name(name) == parts


def session(starts: datetime, status: str = "booked", **more: Any) -> dict[str, Any]:
    """An appointment of an hour, as the API tells it."""
    return {
        "id": str(new_id()),
        "starts_at": starts.isoformat(),
        "ends_at": (starts + timedelta(hours=1)).isoformat(),
        "starts_at_local": "2026-11-18T09:00",
        "time_zone": ZONE,
        "status": status,
        "staff_id": "staff",
        "service_type_id": "service",
        "location_id": None,
        "telehealth": None,
        "documented": False,
        "clients": [{"id": "client", "name": "Ada"}],
        **more,
    }


def row(**more: Any) -> Any:
    """One line of it, some hours from now."""
    hours = more.pop("hours", 2)
    names = Names({"service": "Psychotherapy"}, {"staff": "Maya Okafor"}, {"place": "Mill Lane"})
    (found,) = session_rows([session(NOW + timedelta(hours=hours), **more)], names, ZONE, NOW, "staff")
    return found


def test_the_next_session_is_the_first_that_will_take_place() -> None:
    off, on, later = (session(NOW + timedelta(hours=h)) for h in (1, 2, 3))
    off["status"] = "cancelled"
    going_on = session(NOW - timedelta(minutes=30))
    assert next_of([off, on, later], NOW) is on
    assert next_of([going_on, on], NOW) is going_on
    assert next_of([off], NOW) is None
    assert past_of([going_on, session(NOW - timedelta(hours=1))], NOW) != []
    assert past_of([going_on, on], NOW) == []


@pytest.mark.parametrize(
    ("hours", "status", "documented", "left"),
    [
        (-2, "booked", False, "Attendance to set"),
        (-2, "confirmed", False, "Attendance to set"),
        (-2, "arrived", False, "Note to write"),
        (-2, "arrived", True, ""),
        (-2, "cancelled", False, ""),
        (-2, "no_show", False, ""),
        (2, "booked", False, ""),
    ],
)
def test_what_is_left_is_said_once_a_session_is_over(hours: int, status: str, documented: bool, left: str) -> None:
    assert row(hours=hours, status=status, documented=documented).to_do == left


def test_a_session_says_its_zone_only_where_it_is_another_one() -> None:
    assert row().zone == ""
    assert row(time_zone="America/Los_Angeles").zone == "Los Angeles"
    assert row(location_id="place").place == "Mill Lane"
    assert row(location_id="unknown").place == ""
    assert {row(status=status).struck for status in ("cancelled", "late_cancelled", "no_show")} == {True}
    assert len(STATUSES) == 6


def diagnosis(code: str, begins: str, ends: str | None = None, wrong: str | None = None) -> dict[str, Any]:
    return {"code": code, "effective_from": begins, "effective_to": ends, "entered_in_error_at": wrong}


def test_diagnoses_in_force_are_those_of_the_day_without_errors() -> None:
    found = [
        diagnosis("F41.1", "2026-01-01"),
        diagnosis("F32.0", "2026-01-01", "2026-11-18"),
        diagnosis("F33.0", "2026-01-01", "2026-11-17"),
        diagnosis("F40.1", "2026-11-19"),
        diagnosis("F42.2", "2026-01-01", None, "2026-02-01T00:00:00Z"),
    ]
    assert [shown["code"] for shown in care.in_force(found, TODAY)] == ["F41.1", "F32.0"]


def plan(status: str, begins: str, review: str = "2027-06-01") -> dict[str, Any]:
    measured = [{"measure": None}, {"measure": "GAD-7 under 8"}]
    goals = [{"description": f"Goal of {begins}", "objectives": measured}]
    return {"status": status, "effective_from": begins, "review_on": review, "problems": [{"goals": goals}]}


def test_the_plan_is_the_signed_one_in_force_before_any_draft() -> None:
    drawn, coming, old = plan("draft", "2026-12-01"), plan("signed", "2026-12-02"), plan("signed", "2026-01-01")
    found = care.plan_of([coming, drawn, old], TODAY)
    assert found is not None and not found.draft and not found.due
    assert [(goal.words, goal.measure) for goal in found.goals] == [("Goal of 2026-01-01", "GAD-7 under 8")]
    only_drawn = care.plan_of([drawn, plan("discarded", "2026-01-01")], TODAY)
    assert only_drawn is not None and only_drawn.draft
    assert care.plan_of([plan("discarded", "2026-01-01")], TODAY) is None
    due = care.plan_of([plan("signed", "2026-01-01", "2026-12-18")], TODAY)
    assert due is not None and due.due


def test_what_waits_about_a_client_leads_to_the_note() -> None:
    about = {"client_id": "client", "note_id": "note", "due_on": None, "since": "2026-11-17T09:00:00Z"}
    items = [
        {**about, "kind": "draft"},
        {**about, "kind": "plan_due", "note_id": None, "due_on": "2026-12-15"},
    ]
    found = care.work_of(items, TODAY, notes=True)
    assert [(entry.words, entry.since, entry.path) for entry in found] == [
        ("Finish a note", "since yesterday", "/notes/note"),
        ("Review the treatment plan", "due Tue, Dec 15", ""),
    ]
    assert care.work_of(items, TODAY, notes=False)[0].path == ""


def verdicts(staff_id: str, name: str, **rules: str) -> dict[str, Any]:
    allowed = {
        part: {"allowed": part in rules, "rule": rules.get(part, "no_level"), "because": f"By {rules.get(part)}."}
        for part in ("record", "ledger", "clinical")
    }
    return {"staff_id": staff_id, "display_name": name, **allowed}


def test_who_sees_most_comes_first_and_who_sees_nothing_not_at_all() -> None:
    ids = [str(new_id()) for _ in range(3)]
    found = access_rows(
        [
            verdicts(ids[0], "Desk Staff", record="everybody"),
            verdicts(ids[1], "Gone Staff"),
            verdicts(ids[2], "Thea Pist", record="assigned", clinical="break_glass"),
        ],
        [
            {"staff_id": ids[0], "outcome": "denied", "at": "2026-11-18T14:00:00Z"},
            {"staff_id": ids[2], "outcome": "done", "at": "2026-11-18T14:00:00Z"},
            {"staff_id": ids[2], "outcome": "done", "at": "2026-11-17T14:00:00Z"},
        ],
        {ids[2]: "c7"},
        ZONE,
        NOW,
    )
    assert [(member.name, list(member.parts), member.emergency) for member in found] == [
        ("Thea Pist", ["Cases", "Basic data"], True),
        ("Desk Staff", ["Basic data"], False),
    ]
    assert found[0].because == "By break_glass." and found[0].looked.startswith("Today")
    assert found[0].hue == "c7" and found[1].hue.startswith("c")
    assert found[1].looked == "", "what was refused was not looked at"


def test_an_overview_takes_few_requests() -> None:
    """Each of what its row names once, and appointments twice: those to come, and the earlier ones."""
    (overview,) = [page_row for page_row in WEB if page_row.name == f"GET {PATH}"]
    assert len(overview.asks) + 1 <= REQUESTS_MAX
    assert len(set(overview.asks)) == len(overview.asks)


def test_a_tab_counts_what_waits_there() -> None:
    work = [{"kind": kind} for kind in ("draft", "no_note", "no_note", "submitted", "plan_due")]
    tabs = tabs_of("/clients/1", TABS[:4], "/plan", work)
    assert [(tab.path, tab.count, tab.here) for tab in tabs] == [
        ("/clients/1", "", False),
        ("/clients/1/cases", "1", False),
        ("/clients/1/plan", "1", True),
        ("/clients/1/appointments", "2", False),
    ]


def test_every_tab_that_has_a_page_stands_below_the_clients_path() -> None:
    paths = {page_row.path for page_row in WEB if page_row.method == "GET"}
    assert {PATH + part for part in ("", "/appointments", "/details", "/activity")} <= paths
    assert TABS[0][0] == "" and len({name for _, name in TABS}) == len(TABS)


def visits(last: str | None, coming: str | None) -> dict[str, Any]:
    """What the API says of a client's visits."""
    shown = [{"starts_at_local": start} if start else None for start in (last, coming)]
    return dict(zip(("last_visit", "next_appointment"), shown, strict=True))


def test_what_stands_beside_a_client() -> None:
    team = {"staff": [{"display_name": "Maya Okafor"}, {"display_name": "Tom Bell"}], "staff_count": 7}
    facts = {"teams": team, "visits": visits("2025-12-30T09:00", "2026-11-18T17:00"), "balances": {"balance_cents": 50}}
    assert columns._beside(facts, TODAY) == columns.Beside(
        "Maya Okafor", 6, "Dec 30, 2025", "Today", "$0.50", owes=True
    )
    facts = {"teams": {"staff": [], "staff_count": 0}, "visits": visits(None, None), "balances": {"balance_cents": 0}}
    assert columns._beside(facts, TODAY) == columns.Beside()
    assert columns._beside({"balances": {"balance_cents": -1_000}}, TODAY).balance == "$10.00 credit"
    assert columns._beside({"teams": None, "visits": None, "balances": None}, TODAY) == columns.Beside()
