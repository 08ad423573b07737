"""The settings as forms and sentences."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from gateway.web import text, weekly_hours
from gateway.web.forms import Form, Money, Unreadable, Whole
from gateway.web.settings import views
from shared.errors import Invalid

NOW = datetime(2026, 11, 27, 15, 0, tzinfo=UTC)
NAMES = {"s1": "Olga Admin"}


def test_hours_come_back_as_they_were_typed() -> None:
    stored = [
        {"weekday": "tuesday", "opens": "13:00", "closes": "24:00"},
        {"weekday": "tuesday", "opens": "08:00", "closes": "12:00"},
    ]
    form = weekly_hours.form_of_hours(stored)
    assert form.text("tuesday.0.opens") == "08:00"
    assert form.text("tuesday.1.closes") == "00:00"  # what a clock shows for the end of a day
    hours, places = weekly_hours.hours_of(form)
    assert sorted(hours, key=str) == sorted(stored, key=str)
    assert places == ["tuesday.0", "tuesday.1"]


def test_a_day_off_is_a_tick_and_has_hours_ready_for_when_it_is_none() -> None:
    form = weekly_hours.form_of_hours([{"weekday": "tuesday", "opens": "08:00", "closes": "12:00"}])
    assert (form.ticked("monday.off"), form.ticked("tuesday.off")) == (True, False)
    assert form.text("monday.0.opens") == weekly_hours.USUAL[0]
    assert weekly_hours.hours_of(form)[1] == ["tuesday.0"]
    opened = Form(values={name: typed for name, typed in form.values.items() if name != "monday.off"})
    assert weekly_hours.hours_of(opened)[1] == ["monday.0", "tuesday.0"]


def test_days_with_the_same_hours_are_said_once() -> None:
    usual = weekly_hours.hours_of(weekly_hours.form_of_hours([]))[0]
    words = views.week_in_words([*usual, {"weekday": "sunday", "opens": "10:00", "closes": "12:00"}])
    assert words.replace("\u202f", " ") == "Monday to Friday 9:00 am to 5:00 pm; Sunday 10:00 am to 12:00 pm"


def test_a_refusal_for_the_sake_of_one_input_stands_beside_it() -> None:
    """Where the API refuses the whole request, as for an address that is taken."""
    taken = {"code": "email_taken", "detail": "Somebody on the staff already has this e-mail address."}
    refused = Form(values={"email": ("a@b.example",)}).refused(taken)
    assert (refused.errors, refused.summary) == ({"email": taken["detail"]}, None)
    assert Form().refused(taken).summary == taken["detail"]


def test_a_week_without_hours_is_proposed_to_be_a_usual_one() -> None:
    form = weekly_hours.form_of_hours([])
    assert [day for day in weekly_hours.WEEKDAYS if form.ticked(f"{day}.off")] == ["saturday", "sunday"]
    hours, _ = weekly_hours.hours_of(form)
    assert hours[0] == {"weekday": "monday", "opens": "09:00", "closes": "17:00"}
    assert len(hours) == 5


@pytest.mark.parametrize(
    ("stored", "shown"), [("00:00", "12:00\u202fam"), ("13:05", "1:05\u202fpm"), ("24:00", "midnight")]
)
def test_a_time_of_day_is_shown_by_a_clock_of_twelve_hours(stored: str, shown: str) -> None:
    assert text.hour(stored) == shown


def test_what_is_wrong_with_no_input_of_the_page_stands_above_the_form() -> None:
    typed = Form(values={"name": ("Mill Lane",)})
    errors = [{"field": "name", "detail": "Too long."}, {"field": "time_zone", "detail": "Choose one."}]
    assert typed.refused({"detail": Invalid.detail, "errors": errors}).summary == "Time zone: Choose one."
    assert typed.refused({"detail": Invalid.detail, "errors": errors[:1]}).summary is None


def test_a_day_shows_as_many_spans_as_it_has_and_no_more_than_the_api_takes() -> None:
    assert weekly_hours.spans_of(Form()) == 2
    assert weekly_hours.spans_of(Form(values={"friday.2.opens": ("20:00",)})) == 3
    assert weekly_hours.spans_of(Form(values={"friday.999999.opens": ("20:00",)})) == 28


@pytest.mark.parametrize("number", ["x", "\u0663", "\u00b2", "1_0", "", "-1"])
def test_rows_whose_number_is_none_are_left_out(number: str) -> None:
    hours = Form(values={f"friday.{number}.opens": ("20:00",)})
    assert weekly_hours.spans_of(hours) == 2
    rows = Form(values={"holiday.0.on": ("2026-12-25",), f"holiday.{number}.on": ("2026-12-26",)})
    assert views.holidays_of(rows) == ([{"on": "2026-12-25", "name": ""}], ["holiday.0"])
    rooms = Form(values={"room.0.name": ("Blue",), f"room.{number}.name": ("Red",), "room.0.capacity": ("\u00b2",)})
    assert views.rooms_of(rooms) == ([{"name": "Blue", "capacity": "\u00b2"}], ["room.0"])


@pytest.mark.parametrize("typed", ["\u0663", "5_0", "1e3", "NaN", "Infinity", "0x5", ".", "--5"])
def test_an_amount_is_typed_in_plain_digits(typed: str) -> None:
    form = Form(values={"amount_cents": (typed,)})
    with pytest.raises(Unreadable):
        Money("amount_cents").read(form)
    with pytest.raises(Unreadable):
        Whole("amount_cents").read(form)


def test_amounts_are_read_as_cents() -> None:
    amounts = {"120": 12_000, "$1,234.50": 123_450, ".5": 50, "7.": 700, "-3": -300}
    assert {typed: Money("a").read(Form(values={"a": (typed,)})) for typed in amounts} == amounts


def test_what_the_api_says_of_an_entry_stands_at_its_inputs() -> None:
    form = Form(values={"monday.0.opens": ("9",), "friday.1.opens": ("17:00",), "friday.1.closes": ("09:00",)})
    _, places = weekly_hours.hours_of(form)
    problem = {"errors": [{"field": "business_hours.1.closes", "detail": "Later."}, {"field": "name", "detail": "No."}]}
    shown = weekly_hours.at_inputs(problem, "business_hours", places)
    assert [error["field"] for error in shown["errors"]] == ["friday.1.closes", "name"]


def test_an_emptied_row_is_no_holiday_and_half_a_row_is_the_apis_to_refuse() -> None:
    form = Form(
        values={
            "holiday.0.on": ("",),
            "holiday.0.name": (" ",),
            "holiday.1.on": ("2026-12-25",),
            "holiday.1.name": ("",),
        }
    )
    assert views.holidays_of(form) == ([{"on": "2026-12-25", "name": ""}], ["holiday.1"])
    stored = views.form_of_holidays([{"on": "2026-12-25", "name": "Christmas"}])
    assert views.rows_of_holidays(stored) == 4


def test_the_history_says_who_and_each_value_before_and_after() -> None:
    item = {
        "changed_by": "s1",
        "changed_at": "2026-11-27T14:05:00Z",
        "changes": {
            "npi": [None, "1234567893"],
            "requires_second_factor": [False, True],
            "write_off_limit_cents": [0, 5_000],
            "address": [
                None,
                {"line1": "1 A St", "line2": None, "city": "Troy", "state": "NY", "postal_code": "12180"},
            ],
            "business_hours": [[], [{"weekday": "monday", "opens": "09:00", "closes": "17:00"}]],
            "holidays": [[{"on": "2026-12-25", "name": "Christmas"}], []],
        },
    }
    (change,) = views.changes_of([item], NAMES, "America/New_York", NOW)
    assert change.who == "Olga Admin" and change.when.startswith("Today, 9:05")
    assert change.lines == [
        ("Address", "empty", "1 A St, Troy, NY 12180"),
        ("Hours", "empty", "Monday 9:00\u202fam to 5:00\u202fpm"),
        ("Holidays", "Christmas on Fri, Dec 25, 2026", "empty"),
        ("NPI", "empty", "1234567893"),
        ("Second factor for everybody", "off", "on"),
        ("Limit of write-offs", "$0.00", "$50.00"),
    ]
    (stranger,) = views.changes_of([{**item, "changed_by": "gone"}], NAMES, "America/New_York", NOW)
    assert stranger.who == "Somebody who has left"


def test_versions_say_from_which_day_and_who_recorded_them() -> None:
    always = {"effective_from": "1900-01-01", "recorded_by": None, "recorded_at": "2026-11-01T14:05:00Z", "name": "A"}
    later = {**always, "effective_from": "2027-02-01", "recorded_by": "s1", "place_of_service": "11"}
    rows = views.versions_of([later, always], NAMES, "America/New_York", NOW)
    assert [row.since for row in rows] == ["From Mon, Feb 1, 2027", "Always"]
    assert rows[0].recorded.startswith("Recorded by Olga Admin:")
    assert rows[0].facts == [("Name", "A"), ("Place of service", "Office")]
    assert rows[1].recorded.startswith("Came with sign-up:")


def test_rooms_come_back_as_they_were_typed_and_a_closed_one_is_not_shown() -> None:
    rooms = [
        {"id": "r1", "name": "Blue", "capacity": None, "active": True},
        {"id": "r2", "name": "Old", "capacity": 2, "active": False},
        {"id": "r3", "name": "Green", "capacity": 4, "active": True},
    ]
    form = views.form_of_location({"name": "Mill Lane", "address": None, "rooms": rooms})
    assert views.rows_of_rooms(form) == 5
    typed = Form(values={**form.values, "room.0.name": (" ",), "room.3.name": ("New",), "room.3.capacity": ("many",)})
    assert views.rooms_of(typed) == (
        [{"name": "Green", "capacity": 4, "id": "r3"}, {"name": "New", "capacity": "many"}],
        ["room.1", "room.3"],
    )
    typed_again = Form(values={**form.values, "room.4.name": ("",), "room.5.name": (" ",)})
    assert views.rows_of_rooms(typed_again) == 5, "a form that comes back grows by none that was left empty"
    assert views.rows_of_rooms(Form(values={"room.999999.name": ("x",)})) == 103


def test_accesses_say_who_opened_what_and_the_service_says_which_may_be_reviewed() -> None:
    item = {
        "id": "o",
        "staff_id": "s1",
        "client_id": "c1",
        "opened_at": "2026-11-27T14:05:00Z",
        "ends_at": "2026-11-27T15:05:00Z",
        "is_open": False,
        "reason": "A crisis.",
        "outcome": None,
        "reviewable": True,
        "comment": None,
        "reviewed_by": None,
    }
    refused = {**item, "reviewable": False}
    reviewed = {**refused, "outcome": "not_justified", "comment": "No.", "reviewed_by": "s2"}
    rows = views.opening_rows([item, refused, reviewed], NAMES, {"c1": "Ada Client 1001"}, "America/New_York", NOW)
    assert [row.reviewable for row in rows] == [True, False, False]
    assert (rows[0].who, rows[0].whom) == ("Olga Admin", "Ada Client 1001")
    assert (rows[2].outcome, rows[2].reviewer) == ("Not justified", "Somebody who has left")
