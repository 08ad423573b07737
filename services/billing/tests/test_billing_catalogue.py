"""The catalogue: codes, units, rates by date, archiving (story 2)."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.billing.catalogue.rules import Rate, UnitRule, rate_on
from services.billing.charges.rules import minutes_fit, units_for
from shared import permissions

BASE = {
    "name": "Case management",
    "kind": "cpt",
    "code": "T1017",
    "rate_cents": 2_500,
    "duration_minutes": 50,
}


@pytest.mark.parametrize(
    ("minutes", "units"), [(0, 0), (7, 0), (8, 1), (15, 1), (22, 1), (23, 2), (37, 2), (38, 3), (50, 3)]
)
def test_timed_units_round_from_half_a_unit_on(minutes, units):
    assert units_for(UnitRule("per_minutes", minutes=15, rounding="nearest"), minutes) == units


@given(minutes=st.integers(0, 1440), length=st.integers(1, 240))
def test_rounding_never_strays_by_a_whole_unit(minutes, length):
    down, nearest, up = (
        units_for(UnitRule("per_minutes", minutes=length, rounding=rounding), minutes)
        for rounding in ("down", "nearest", "up")
    )
    assert down <= nearest <= up <= down + 1
    assert abs(nearest * length - minutes) * 2 <= length


@given(
    rates=st.dictionaries(st.none() | st.dates(), st.integers(1, 10**6)),
    day=st.dates(),
)
def test_the_rate_in_force_is_the_last_one_begun(rates, day):
    found = rate_on([Rate(cents, start) for start, cents in rates.items()], day)
    begun = sorted((start or date.min, cents) for start, cents in rates.items() if start is None or start <= day)
    assert found is None if not begun else found in {cents for start, cents in begun if start == begun[-1][0]}


def test_minutes_fit_between_bounds_that_may_be_open():
    assert minutes_fit(53, 53, 60) and minutes_fit(60, 53, 60) and minutes_fit(1, None, None)
    assert not minutes_fit(52, 53, None) and not minutes_fit(61, None, 60)


def test_an_old_date_of_service_keeps_the_old_rate(practice):
    service = practice.service()
    raised = practice.administrator.post(
        f"/service-types/{service}/rates", {"rate_cents": 17_000, "effective_from": "2026-11-01"}
    )
    assert raised.status_code == 201
    assert [(rate["effective_from"], rate["rate_cents"]) for rate in raised.json["rates"]] == [
        (None, 16_000),
        ("2026-11-01", 17_000),
    ]
    client = practice.client()
    october = practice.draft(client, service, service_date=date(2026, 10, 31))
    november = practice.draft(client, service, service_date=date(2026, 11, 1))
    assert (october["total_cents"], november["total_cents"]) == (16_000, 17_000)


def test_timed_services_bill_their_units(practice):
    unit = {"rule": "per_minutes", "minutes": 15}
    service = practice.service(**BASE, unit=unit, note_minutes_min=None, note_minutes_max=None)
    drafted = practice.draft(practice.client(), service, minutes=50)
    assert (drafted["lines"][0]["units"], drafted["total_cents"], drafted["holds"]) == (3, 7_500, [])
    too_short = practice.draft(practice.client(), service, minutes=5)
    assert [hold["code"] for hold in too_short["holds"]] == ["minutes_do_not_fit"]


def test_services_are_listed_changed_and_archived(practice):
    service = practice.service()
    path = f"/service-types/{service}"
    shown = practice.biller.get(path)
    assert (shown.status_code, shown.json["rate_cents"], shown.headers["ETag"]) == (200, 16_000, '"1"')
    changed = practice.administrator.patch(path, {"name": "Long session", "active": False}, If_Match='"1"')
    assert (changed.json["name"], changed.json["active"], changed.json["version"]) == (
        "Long session",
        False,
        2,
    )
    assert practice.administrator.patch(path, {"name": "x"}, If_Match='"1"').status_code == 412
    assert practice.biller.get("/service-types", active="true").json["items"] == []
    (archived,) = practice.biller.get("/service-types").json["items"]
    assert archived == changed.json
    ids = f"{service},{uuid4()}"
    assert practice.biller.get("/service-types", ids=ids).json["items"] == [archived]
    assert practice.biller.get("/service-types", ids=str(uuid4())).json["items"] == []
    # Still printable, and what is documented under it is still billed.
    assert practice.draft(practice.client(), service)["lines"][0]["description"] == "Long session"


def test_colours_come_by_turn_and_can_be_chosen(practice):
    first, chosen, third = practice.service(), practice.service(colour="c7"), practice.service()
    many = [practice.service() for _ in range(6)]
    colours = {
        UUID(service["id"]): service["colour"] for service in practice.biller.get("/service-types").json["items"]
    }
    in_order = [colours[identifier][1] for identifier in (first, chosen, third, *many)]
    assert "".join(in_order) == "173456781"


def test_where_a_service_is_given_and_whether_insurers_hear_of_it(practice):
    path = f"/service-types/{practice.service()}"
    of_cpt = practice.biller.get(path).json
    assert (of_cpt["place_of_service"], of_cpt["insurance_billable"]) == ("11", True)
    changed = practice.administrator.patch(
        path, {"colour": "c5", "place_of_service": "10", "insurance_billable": False}, If_Match='"1"'
    )
    assert (changed.json["version"], changed.json["colour"]) == (2, "c5")
    assert (changed.json["place_of_service"], changed.json["insurance_billable"]) == ("10", False)
    same = practice.administrator.patch(path, {"insurance_billable": False})
    assert same.json == changed.json == practice.biller.get(path).json
    assert practice.administrator.patch(path, {"insurance_billable": True}).json["version"] == 3


def test_the_practices_own_codes_never_go_on_a_claim(practice):
    path = f"/service-types/{practice.service(kind='other', code='MISSED')}"
    assert practice.biller.get(path).json["insurance_billable"] is False
    refused = practice.administrator.patch(path, {"insurance_billable": True})
    assert [(error["field"], error["code"]) for error in refused.json["errors"]] == [
        ("insurance_billable", "not_claimable")
    ]
    assert practice.administrator.patch(path, {"insurance_billable": False}).json["version"] == 1


def test_minutes_are_counted_and_priced_before_anything_is_billed(practice):
    service = practice.service(**BASE, unit={"rule": "per_minutes", "minutes": 15})
    path = f"/service-types/{service}/units-preview"
    practice.administrator.post(
        f"/service-types/{service}/rates", {"rate_cents": 3_000, "effective_from": "2024-01-01"}
    )
    previews = [{"minutes": 50}, {"minutes": 50, "on": "2023-12-31"}, {"minutes": 7}]
    found = [practice.biller.post(path, body) for body in previews]
    assert [response.status_code for response in found] == [200] * 3
    assert [(item.json["units"], item.json["charge_cents"]) for item in found] == [(3, 9_000), (3, 7_500), (0, 0)]
    later = practice.service(effective_from="2199-01-01")
    assert practice.biller.post(f"/service-types/{later}/units-preview", {"minutes": 55}).json == {
        "units": 1,
        "charge_cents": None,
    }
    for wrong in ({}, {"minutes": 0}, {"minutes": 1441}, {"minutes": 50, "on": "2023-02-30"}):
        assert practice.biller.post(path, wrong).status_code == 422


def test_changes_are_told_to_those_who_book(practice, billing_database):
    service = practice.service()
    practice.administrator.patch(f"/service-types/{service}", {"duration_minutes": 45})
    published = billing_database.rows(
        "SELECT type, aggregate_version, data->>'duration_minutes', awaiting FROM outbox "
        "WHERE aggregate_id = %s ORDER BY id",
        service,
    )
    assert published == [
        ("billing.service_type_changed.v1", 1, "60", ["clinical"]),
        ("billing.service_type_changed.v1", 2, "45", ["clinical"]),
    ]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"code": "9083"}, "code"),
        ({"code": "90837X"}, "code"),
        ({"code": "abcde"}, "code"),
        ({"kind": "drg"}, "kind"),
        ({"modifiers": ["95", "95"]}, "modifiers"),
        ({"modifiers": ["95", "GT", "HO", "HN", "U1"]}, "modifiers"),
        ({"modifiers": ["9"]}, "modifiers.0"),
        ({"rate_cents": 0}, "rate_cents"),
        ({"rate_cents": 25.5}, "rate_cents"),
        ({"name": "   "}, "name"),
        ({"duration_minutes": 0}, "duration_minutes"),
        ({"note_minutes_min": 60, "note_minutes_max": 53}, "note_minutes_max"),
        ({"unit": {"rule": "fixed"}}, "unit.units"),
        ({"unit": {"rule": "per_minutes"}}, "unit.minutes"),
        ({"unit": {"rule": "fixed", "units": 1, "minutes": 15}}, "unit.minutes"),
        ({"unit": {"rule": "sometimes", "units": 1}}, "unit.rule"),
        ({"effective_from": "2026-02-30"}, "effective_from"),
        ({"colour": "c9"}, "colour"),
        ({"place_of_service": "77"}, "place_of_service"),
        ({"insurance_billable": "yes"}, "insurance_billable"),
        ({"kind": "other", "code": "MISSED", "insurance_billable": True}, "insurance_billable"),
    ],
)
def test_wrong_services_are_refused_by_field(practice, wrong, field):
    response = practice.administrator.post("/service-types", {**BASE, **wrong})
    assert response.status_code == 422, response.json
    assert [error["field"] for error in response.json["errors"]] == [field]


@pytest.mark.abuse("A-ROLE-prices")
def test_prices_are_for_those_who_read_invoices(practice):
    service = practice.service(rate_cents=15_000)
    for level in permissions.LEVELS:
        staff = practice.somebody(level)
        shown = staff.get(f"/service-types/{service}").json
        (listed,) = staff.get("/service-types").json["items"]
        reads = "invoices:read" in permissions.effective([level], [])
        assert reads == (level not in ("default", "therapist"))
        for response in (shown, listed):
            assert response["rate_cents"] == (15_000 if reads else None)
            assert [rate["rate_cents"] for rate in response["rates"]] == ([15_000] if reads else [])
            assert (response["name"], response["duration_minutes"]) == (shown["name"], shown["duration_minutes"])
        preview = staff.post(f"/service-types/{service}/units-preview", {"minutes": 55}).json
        assert preview == {"units": 1, "charge_cents": 15_000 if reads else None}


def test_only_administrators_change_the_catalogue(practice):
    service = practice.service()
    for level in ("default", "therapist", "billing"):
        staff = practice.somebody(level)
        assert staff.post("/service-types", BASE).status_code == 403
        assert staff.patch(f"/service-types/{service}", {"name": "x"}).status_code == 403
        assert staff.get(f"/service-types/{service}").status_code == 200
    elsewhere = practice.somebody("administration").as_actor("administration")
    stranger = elsewhere.as_actor("administration", organization_id=practice.client())
    assert stranger.get(f"/service-types/{service}").status_code == 404
    assert stranger.patch(f"/service-types/{service}", {"name": "x"}).status_code == 404
    assert stranger.post(f"/service-types/{service}/units-preview", {"minutes": 55}).status_code == 404
