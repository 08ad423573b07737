"""Services as the pages show them, and two people who change one thing."""

from __future__ import annotations

from datetime import date

import pytest

from gateway.web.conflicts import conflict_of, over
from gateway.web.forms import Form
from gateway.web.services import views

TODAY = date(2026, 11, 27)


def test_rates_come_latest_first_and_say_which_holds() -> None:
    rates = [
        {"id": "a", "effective_from": None, "rate_cents": 16_000},
        {"id": "c", "effective_from": "2027-01-01", "rate_cents": 18_000},
        {"id": "b", "effective_from": "2026-11-01", "rate_cents": 17_000},
    ]
    rows = [(row.since, row.amount, row.state) for row in views.rate_rows(rates, TODAY)]
    assert rows == [
        ("Fri, Jan 1, 2027", "$180.00", "Begins later"),
        ("Sun, Nov 1, 2026", "$170.00", "Holds today"),
        ("From the beginning", "$160.00", "Earlier"),
    ]


def test_a_rate_that_begins_today_holds_and_none_may_hold_yet() -> None:
    (row,) = views.rate_rows([{"id": "a", "effective_from": "2026-11-27", "rate_cents": 1}], TODAY)
    assert row.state == "Holds today"
    (row,) = views.rate_rows([{"id": "a", "effective_from": "2026-11-28", "rate_cents": 1}], TODAY)
    assert row.state == "Begins later"
    assert views.rate_rows([], TODAY) == []


@pytest.mark.parametrize(
    ("unit", "words"),
    [
        ({"rule": "fixed", "units": 1}, "Always 1 unit"),
        ({"rule": "fixed", "units": 2}, "Always 2 units"),
        (
            {"rule": "per_minutes", "minutes": 15, "rounding": "down"},
            "1 unit for each 15 minutes, the rest counts nothing",
        ),
    ],
)
def test_units_in_words(unit: dict[str, object], words: str) -> None:
    assert views.units_in_words(unit) == words


def test_modifiers_are_typed_with_blanks_or_commas() -> None:
    assert views.split(" 95, gt  xe ") == ["95", "GT", "XE"]
    assert views.split("") == []
    assert views.code_of({"code": "90837", "modifiers": ["95", "GT"]}) == "90837-95-GT"


@pytest.mark.parametrize(("minutes", "fits"), [(52, False), (53, True), (60, True), (61, False)])
def test_minutes_that_fit_a_service(minutes: int, fits: bool) -> None:
    assert views.fits(minutes, {"note_minutes_min": 53, "note_minutes_max": 60}) is fits
    assert views.fits(minutes, {"note_minutes_min": None, "note_minutes_max": None})


def test_a_conflict_says_what_is_stored_now_and_keeps_what_was_typed() -> None:
    typed = Form(values={"name": ("Mine",), "length": ("50",), "version": ("3",)})
    stored = Form.of({"name": "Theirs", "length": 50, "note": None})
    conflict = conflict_of(typed, stored, {"name": "Name", "length": "Length", "note": "Note"})
    assert conflict.stored == (("Name", "Theirs"),)
    again = over(typed, 4)
    assert (again.text("name"), again.text("version")) == ("Mine", "4")
    assert again.sent["If-Match"] == '"4"'


def test_what_is_emptied_is_said_to_be_empty() -> None:
    conflict = conflict_of(Form(values={"npi": ("1",)}), Form.of({"npi": None}), {"npi": "NPI"})
    assert conflict.stored == (("NPI", "empty"),)


def test_what_the_api_says_of_an_item_stands_beside_the_whole_list() -> None:
    problem = {
        "detail": "Some values are not valid.",
        "errors": [
            {"field": "modifiers.0", "code": "invalid", "detail": "Two characters."},
            {"field": "name", "code": "required", "detail": "Give a name."},
        ],
    }
    refused = Form().refused(problem, "modifiers")
    assert refused.errors == {"modifiers": "Two characters.", "name": "Give a name."}
    assert refused.summary is None  # the form says that some are marked


def test_the_bounds_of_an_amount_are_said_in_dollars() -> None:
    bounds = "Enter a number from 0 to 1000000."
    problem = {"errors": [{"field": name, "detail": bounds} for name in ("fee_cents", "notice_hours")]}
    said_of = Form().refused(problem).errors
    assert said_of == {"fee_cents": "Enter an amount from 0.00 to 10,000.00.", "notice_hours": bounds}
