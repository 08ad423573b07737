"""What an issued invoice says of who billed, who gave the service and where: as printed on the day that counts."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.billing.billing_profiles.queries import profiles_in_force
from shared import clock
from shared.actor import ServiceActor
from shared.contracts.envelope import CONTRACTS, from_data
from shared.database import read_your_writes
from shared.database.session import set_tenant
from shared.ids import new_id

OCTOBER, NOVEMBER = date(2026, 10, 30), date(2026, 11, 1)
OLD = {"line1": "1 Main St", "line2": None, "city": "New York", "state": "NY", "postal_code": "10001"}
NEW = {"line1": "9 Elm St", "line2": None, "city": "Albany", "state": "NY", "postal_code": "12207"}
SINGLE = {"given_name": "Thea", "family_name": "One", "credentials": ("LCSW",), "npi": "1234567893"}
MARRIED = {**SINGLE, "family_name": "Two"}


def office(name, address):
    return {"name": name, "place_of_service": "11", "address": address}


@pytest.fixture
def on_third_of_november(monkeypatch):
    noon = datetime(2026, 11, 3, 12, tzinfo=ZoneInfo("America/New_York"))
    monkeypatch.setattr(clock, "now", lambda: noon)


def moved_and_married(practice):
    """A clinician and a location with what they print, from 1 November another."""
    clinician, location = new_id(), new_id()
    events = [
        practice.printed("staff", clinician, **SINGLE),
        practice.printed("staff", clinician, 2, NOVEMBER, **MARRIED),
        practice.printed("location", location, **office("Main Street", OLD)),
        practice.printed("location", location, 2, NOVEMBER, **office("Elm Street", NEW)),
    ]
    return {"rendering_staff_id": clinician, "location_id": location}, events


def shown(line):
    rendering, place = line["rendering"], line["place"]
    return rendering["family_name"], place["name"], place["address"]


def test_a_line_prints_what_was_in_force_on_its_date_of_service(practice, on_third_of_november):
    who, events = moved_and_married(practice)
    practice.emit(*events, practice.printed("organization", practice.organization_id, 2, NOVEMBER, name="New name"))
    client, service = practice.client(), practice.service()
    october = practice.issue(client, service, service_date=OCTOBER, **who)
    november = practice.issue(client, service, service_date=NOVEMBER, **who)
    assert shown(october["lines"][0]) == ("One", "Main Street", OLD)
    assert shown(november["lines"][0]) == ("Two", "Elm Street", NEW)
    assert october["lines"][0]["rendering"] == {**SINGLE, "credentials": ["LCSW"], "taxonomy": None}
    assert {october["biller"]["name"], november["biller"]["name"]} == {"New name"}, "billed as of the day of issue"


def test_a_draft_prints_nothing_yet_and_a_line_without_a_location_no_place(practice):
    client, service = practice.client(), practice.service()
    draft = practice.draft(client, service, location_id=None)
    (line,) = draft["lines"]
    assert (draft["biller"], line["rendering"], line["place"]) == (None, None, None)
    (line,) = practice.biller.post(f"/invoices/{draft['id']}/issue", {}).json["lines"]
    assert (line["rendering"]["given_name"], line["place"]) == ("Thea", None)


def test_what_was_issued_stays_as_it_was_printed(practice, on_third_of_november):
    who, events = moved_and_married(practice)
    practice.emit(*events)
    issued = practice.issue(practice.client(), practice.service(), service_date=OCTOBER, **who)
    practice.emit(practice.printed("staff", who["rendering_staff_id"], 3, OCTOBER, **{**SINGLE, "npi": None}))
    assert practice.biller.get(f"/invoices/{issued['id']}").json == issued


def test_a_replacement_prints_what_was_corrected_meanwhile_and_a_new_draft_too(practice, on_third_of_november):
    who, events = moved_and_married(practice)
    practice.emit(*events)
    client, service = practice.client(), practice.service()
    shorter = practice.service(code="90834", rate_cents=12_000, note_minutes_min=38, note_minutes_max=52)
    issued = practice.issue(client, service, service_date=OCTOBER, **who)
    practice.emit(practice.printed("staff", who["rendering_staff_id"], 3, OCTOBER, **{**SINGLE, "npi": None}))
    again = {"appointment_id": issued["appointment_id"], "version": 2, "minutes": 45, "service_date": OCTOBER}
    practice.document(client, shorter, **again, **who)
    path = f"/invoices/{issued['id']}"
    (amendment,) = practice.biller.get(path).json["amendments"]
    assert not {"rendering", "place"} & amendment.keys()
    (line,) = practice.biller.post(f"{path}/amendments/{amendment['id']}/accept", {}).json["lines"]
    assert (line["code"], line["rendering"]["npi"], shown(line)) == ("90834", None, ("One", "Main Street", OLD))
    void = practice.biller.post(f"{path}/void", {"reason": "start over"}).json
    assert void["lines"][0]["rendering"] == line["rendering"], "a void invoice says what it said"
    (redrafted,) = practice.biller.get(f"/invoices/{void['redraft_invoice_id']}").json["lines"]
    assert redrafted["rendering"] is None
    (anew,) = practice.biller.post(f"/invoices/{void['redraft_invoice_id']}/issue", {}).json["lines"]
    assert shown(anew) == ("One", "Main Street", OLD)


def test_a_version_under_way_is_waited_for(practice, on_third_of_november, monkeypatch):
    who, (first, second, *places) = moved_and_married(practice)
    practice.emit(second, *places)
    draft = practice.draft(practice.client(), practice.service(), service_date=OCTOBER, **who)
    slept = []

    def arrives(_seconds):
        slept.append(1)
        if len(slept) == 1:
            practice.emit(first)

    monkeypatch.setattr(read_your_writes.clock, "sleep", arrives)
    issued = practice.biller.post(f"/invoices/{draft['id']}/issue", {}).json
    assert (shown(issued["lines"][0]), len(slept)) == (("One", "Main Street", OLD), 1)


def test_what_never_comes_holds_no_invoice_up(practice):
    strangers = {"rendering_staff_id": new_id(), "location_id": new_id()}
    issued = practice.issue(practice.client(), practice.service(), **strangers)
    assert (issued["status"], issued["lines"][0]["rendering"], issued["lines"][0]["place"]) == ("open", None, None)
    assert issued["biller"]["name"] == "Practice"


def test_what_is_printed_of_a_kind_not_known_yet_is_left_alone(practice):
    data = {"organization_id": str(practice.organization_id), "subject": "payer", "subject_id": str(new_id())}
    notified = {**data, "version": 1, "effective_from": "1900-01-01", "payer": {"name": "Aetna"}}
    practice.emit(from_data(CONTRACTS["identity.billing_profile_recorded.v1"].cls, notified))


FIRST = date(2026, 1, 1)
SAID = st.lists(st.integers(1, 5).map(lambda day: date(2026, 1, day)), max_size=5)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SAID, st.data())
def test_the_order_of_arrival_does_not_matter(practice, days, data):
    clinician = new_id()
    versions = [(date(1900, 1, 1), "0"), *((day, str(n)) for n, day in enumerate(days, 1))]
    events = [
        practice.printed("staff", clinician, n, day, given_name=name, family_name="X")
        for n, (day, name) in enumerate(versions, 1)
    ]
    arriving = data.draw(st.permutations(events))
    repeated = data.draw(st.lists(st.sampled_from(events), max_size=3))
    for event in (*arriving, *repeated):
        practice.emit(event)

    def on(day):
        def look(session):
            set_tenant(session, practice.organization_id)
            wanted = ("staff", clinician), day
            return profiles_in_force(session, ServiceActor(practice.organization_id), [wanted])[wanted]["given_name"]

        return practice.worker.run(look)

    for day in (date(2025, 12, 31), *(date(2026, 1, day) for day in range(1, 7))):
        begun = max(start for start, _ in versions if start <= day)
        assert on(day) == [name for start, name in versions if start == begun][-1], day


def test_an_invoice_prints_each_fact_of_the_practice(practice):
    facts = {
        "name": "Lakeside",
        "legal_name": "Lakeside LLC",
        "npi": "1245319599",
        "tax_id": "12-3456789",
        "taxonomy": "101YM0800X",
        "phone": "+12125550123",
        "fax": "+12125550124",
        "email": "desk@lakeside.test",
    }
    practice.emit(practice.printed("organization", practice.organization_id, 2, OCTOBER, **facts, address=NEW))
    biller = practice.issue(practice.client(), practice.service())["biller"]
    assert {name: biller[name] for name in facts} == facts
    assert biller["address"] == NEW


def test_a_line_prints_each_fact_of_its_place(practice):
    facts = {"name": "Elm Street", "npi": "1245319599", "phone": "+12125550123", "place_of_service": "11"}
    location_id = new_id()
    practice.emit(practice.printed("location", location_id, **facts, address=NEW))
    (line,) = practice.issue(practice.client(), practice.service(), location_id=location_id)["lines"]
    assert line["place"] == {**facts, "address": NEW}
