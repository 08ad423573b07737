"""The agenda below the browser: lanes, what an address asks for, cards, columns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from gateway.web.agenda.appointment import INVOICES, TRIES_MAX
from gateway.web.agenda.asked import asked_of
from gateway.web.agenda.cards import DAY_MINUTES, STATUS_HUES, STATUSES, Names, cards_of, legend_of, unfinished
from gateway.web.agenda.grid import STEP, grid_of, strip_of, weeks_of
from gateway.web.agenda.lanes import lanes
from gateway.web.rendering import environment
from gateway.web.slots import style_sheet

TODAY = date(2026, 11, 18)
NOW = datetime(2026, 11, 18, 16, 0, tzinfo=UTC)
NOBODY = Names({}, {}, {})
CLOSED: dict[str, Any] = {"business_hours": [], "holidays": []}


@dataclass(frozen=True)
class Span:
    begins: int
    ends: int


SPANS = st.builds(lambda begins, minutes: Span(begins, begins + minutes), st.integers(0, 1400), st.integers(15, 300))


@given(st.lists(SPANS, max_size=30))
def test_no_two_in_a_lane_overlap_and_no_lane_is_too_many(spans: list[Span]) -> None:
    placed = lanes(spans)
    assert sorted(span.begins for span, _, _ in placed) == sorted(span.begins for span in spans)
    for at, (span, lane, of) in enumerate(placed):
        assert 1 <= lane <= of
        for other, other_lane, other_of in placed[at + 1 :]:
            if span.begins < other.ends and other.begins < span.ends:
                assert lane != other_lane and of == other_of
    for _, _, of in placed:
        assert of <= max(sum(span.begins <= at.begins < span.ends for span in spans) for at in spans)


@given(st.lists(SPANS, max_size=20), st.randoms())
def test_lanes_do_not_depend_on_the_order_of_what_is_given(spans: list[Span], random: Any) -> None:
    shuffled = random.sample(spans, len(spans))
    assert {(o.begins, o.ends, lane, of) for o, lane, of in lanes(spans)} == {
        (o.begins, o.ends, lane, of) for o, lane, of in lanes(shuffled)
    }


def asked(view: str, on: str, *, sunday_first: bool = False) -> Any:
    return asked_of({"view": view, "on": on}, TODAY, sunday_first=sunday_first, usual_staff=[])


@given(st.sampled_from(["day", "week", "month", "list"]), st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.booleans())
def test_the_day_asked_about_is_shown_and_steps_meet(view: str, on: date, sunday_first: bool) -> None:
    here = asked(view, on.isoformat(), sunday_first=sunday_first)
    assert here.first <= on <= here.last and (here.last - here.first).days < 62
    after = here.beside(1)
    assert after.beside(-1).first == here.first
    if view != "month":
        assert after.first == here.last + timedelta(days=1)


def test_an_address_that_nobody_can_mean_shows_today() -> None:
    for query in ({"view": "<b>", "on": "x"}, {"on": "0001-01-01"}, {"on": "9999-12-31"}, {"staff": "me,<b>"}):
        found = asked_of(query, TODAY, sunday_first=True, usual_staff=["x"])
        assert (found.view, found.on) == ("week", TODAY)
        assert "<" not in found.address()


@given(st.sampled_from(["day", "week", "month", "list"]), st.lists(st.uuids().map(str), max_size=8, unique=True))
def test_an_address_asks_for_what_made_it(view: str, staff: list[str]) -> None:
    """Everybody too, for somebody who would see their own otherwise."""
    made = asked(view, "2026-11-18").address(staff=staff)
    query = dict(parse_qsl(urlsplit(made).query))
    found = asked_of(query, TODAY, sunday_first=False, usual_staff=["their own"])
    assert (found.view, found.on, list(found.staff)) == (view, TODAY, staff)


def item(
    starts: str, minutes: int, status: str = "booked", zone: str = "America/New_York", **more: Any
) -> dict[str, Any]:
    starts_at = datetime.fromisoformat(starts).replace(tzinfo=UTC)
    return {
        "id": f"{starts}-{minutes}",
        "starts_at": starts_at.isoformat(),
        "ends_at": (starts_at + timedelta(minutes=minutes)).isoformat(),
        "time_zone": "America/New_York",
        "status": status,
        "staff_id": "01a21d96-31c7-7370-8f57-1475e5ffd48f",
        "clients": [{"id": "1", "name": "Ada"}],
        "service_type_id": "1",
        "location_id": None,
        "telehealth": None,
        "overridden": False,
        "documented": False,
        **more,
    }


def test_what_goes_on_after_midnight_has_a_card_on_either_day() -> None:
    first, second = cards_of([item("2026-11-17T04:30", 90)], NOBODY, NOW)
    assert (first.day, first.begins, first.ends, first.continues) == (date(2026, 11, 16), 1410, 1440, False)
    assert (second.day, second.begins, second.ends, second.continues) == (date(2026, 11, 17), 0, 60, True)


def test_an_hour_that_clocks_show_twice_leaves_a_card_that_can_be_read() -> None:
    (card,) = cards_of([item("2026-11-01T05:30", 45)], NOBODY, NOW)  # 1:30, and 1:15 when it ends
    assert card.ends - card.begins >= 15


def test_what_is_left_to_finish_is_what_is_over_and_has_no_word_or_no_note() -> None:
    items = [
        item("2026-11-17T15:00", 50, "arrived"),
        item("2026-11-17T16:00", 50, "arrived", documented=True),
        item("2026-11-17T17:00", 50),
        item("2026-11-17T18:00", 50, "no_show"),
        item("2026-11-18T15:30", 50),  # goes on
        item("2026-11-19T15:00", 50),
    ]
    found = unfinished(cards_of(items, NOBODY, NOW, writer=items[0]["staff_id"]))
    assert (found.notes, found.attendance, found.invoices) == (1, 1, 0)
    for others in ("somebody else", None):
        assert unfinished(cards_of(items, NOBODY, NOW, writer=others)).notes == 0, "their notes are not for this person"
    documented = items[1]["id"]
    for billed, left in (({}, 1), ({documented: "draft"}, 1), ({documented: "open"}, 0)):
        assert unfinished(cards_of(items, NOBODY, NOW, billed)).invoices == left


STARTS = st.integers(0, 14 * 24 * 60).map(lambda at: datetime(2026, 11, 9, tzinfo=UTC) + timedelta(minutes=at))
ITEMS = st.builds(
    lambda at, minutes: item(at.replace(tzinfo=None).isoformat(), minutes), STARTS, st.integers(5, DAY_MINUTES)
)


@given(st.lists(ITEMS, max_size=12))
def test_every_card_lies_within_the_grid_and_has_a_class_for_where(items: list[dict[str, Any]]) -> None:
    sheet = style_sheet()
    week = asked("week", "2026-11-18")
    grid = grid_of(week, cards_of(items, NOBODY, NOW), [], CLOSED, NOW)
    rows = int(grid.rows.removeprefix("rows-"))
    for column in grid.columns:
        for placed in column.cards:
            begins, count = (int(name[1:]) for name in placed.classes.split()[:2])
            assert begins >= 0 and begins + count <= rows
            assert grid.first_minute + begins * STEP <= placed.card.begins
            assert all(f".{name}{{" in sheet for name in placed.classes.split())
    assert f".{grid.rows}{{" in sheet and f".{grid.width}{{" in sheet
    assert grid.first_minute + rows * STEP <= DAY_MINUTES


def test_opening_hours_and_holidays_shade_what_is_closed() -> None:
    hours = [{"weekday": "wednesday", "opens": "09:00", "closes": "12:00"}]
    hours.append({"weekday": "wednesday", "opens": "13:00", "closes": "17:00"})
    week = asked("week", "2026-11-18")
    open_days = {"business_hours": hours, "holidays": [{"on": "2026-11-19", "name": "Closed day"}]}
    columns = {column.day: column for column in grid_of(week, [], [], open_days, NOW).columns}
    assert columns[date(2026, 11, 18)].closed == ["s0 n24", "s60 n12", "s120 n36"]
    assert columns[date(2026, 11, 19)].holiday == "Closed day"
    assert len(columns) == 5, "days at the week's end show where they are used"


def test_a_month_is_whole_weeks() -> None:
    weeks = weeks_of(asked("month", "2026-11-18", sunday_first=True), [], CLOSED, TODAY)
    assert {len(week) for week in weeks} == {7}
    assert [day.day.day for week in weeks for day in week if day.inside] == list(range(1, 31))


def test_a_colour_says_the_clinician_the_service_or_the_status() -> None:
    staff = {"id": "staff", "given_name": "Thea", "family_name": "One", "hue": "c7"}
    names = Names({"staff": staff}, {"1": {"name": "Intake", "colour": "c3"}}, {})
    items = [item("2026-11-17T15:00", 50, status, staff_id="staff") for status in STATUSES]
    for colours, hues, words in (
        ("person", {"c7"}, []),
        ("service", {"c3"}, ["Intake"]),
        ("status", set(STATUS_HUES.values()), sorted(name for name, _ in STATUSES.values())),
    ):
        cards = cards_of(items, names, NOW, colours=colours)
        assert {card.hue for card in cards} == hues
        assert [name for _, name in legend_of(cards, colours)] == words


def test_initials_stand_for_a_name_and_a_group_stays_a_group() -> None:
    people = [{"id": "1", "name": "Ada Maria Lovelace"}, {"id": "2", "name": None}]
    shown = [
        cards_of([item("2026-11-17T15:00", 50, clients=clients)], NOBODY, NOW)[0].initials
        for clients in (people[:1], people, [])
    ]
    assert shown == ["A.M.L.", "Group of 2", "An appointment"]
    names = Names({}, {}, {}, {"evening": "Tuesday evening"})
    booked = item("2026-11-17T15:00", 50, clients=people, group_id="evening")
    cards = [cards_of([booked], known, NOW)[0] for known in (names, NOBODY)]
    assert [(card.title, card.initials) for card in cards] == [
        ("Tuesday evening (2)", "Group of 2"),
        ("Group of 2", "Group of 2"),
    ]


def test_the_days_at_the_top_of_a_phone_are_those_of_the_week() -> None:
    cards = cards_of([item("2026-11-21T15:00", 50)], NOBODY, NOW)
    week = strip_of(asked("week", "2026-11-18"), cards, TODAY)
    assert [(day.day.day, day.used) for day in week] == [*((number, False) for number in range(16, 21)), (21, True)]
    assert week[2].address == "#day-2026-11-18" and week[2].today
    day = strip_of(asked("day", "2026-11-18"), cards, TODAY)
    assert len(day) == 7 and [cell.chosen for cell in day] == [at == 2 for at in range(7)]
    assert day[0].address.startswith("/agenda?view=day&on=2026-11-16")
    assert strip_of(asked("list", "2026-11-18"), cards, TODAY) == []


def invoices_part(tries: int, billed: dict[str, Any], clients: int = 1, *, drafting: bool = True) -> str:
    """The part of an appointment's panel that says what bills it, after so many questions."""
    return (
        environment()
        .get_template("agenda/_invoices.html")
        .render(
            clients=[{"id": f"c{at}", "name": f"Client {at}"} for at in range(clients)],
            invoices=billed,
            drafting=drafting,
            tries=tries,
            tries_max=TRIES_MAX,
            path="/agenda/appointments/a",
            invoice_words=INVOICES,
            shows_invoices=True,
        )
    )


def test_the_panel_asks_for_the_draft_until_it_is_made_or_late_and_keeps_no_session_alive() -> None:
    made = {"c0": {"client_id": "c0", "invoice_id": "i", "status": "draft"}}
    for tries in (0, TRIES_MAX - 1):
        part = invoices_part(tries, {})
        assert f'hx-get="/agenda/appointments/a?tries={tries + 1}" hx-trigger="load delay:1s"' in part
        assert 'hx-select="#panel-invoices"' in part and '"Caseload-Background": "true"' in part
        assert "The draft invoice is being made" in part and "longer than usual" not in part
    late = invoices_part(TRIES_MAX, {})
    assert "hx-get" not in late and "This is taking longer than usual. It will appear in Invoices." in late
    there = invoices_part(3, made)
    assert "The draft invoice was made" in there and 'href="/invoices/i"' in there
    assert "hx-get" not in there and "being made" not in there
    assert "hx-get" in invoices_part(3, made, clients=2), "the other member's draft is still on its way"
    assert not invoices_part(0, {}, drafting=False).strip(), "nothing is documented, so nothing comes"
