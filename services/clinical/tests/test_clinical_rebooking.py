"""An appointment is moved, made longer, given to somebody else, or takes place elsewhere: until it is documented."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.clinical.agenda.rules import AT_HOME
from services.clinical.rebooking.rules import AppointmentChanges, Booked, changed, differences
from services.clinical.tests.conftest import Clinic
from shared import clock
from shared.changes import UNSET
from shared.contracts.identity import LocationChanged
from shared.ids import new_id, new_id_of

pytestmark = pytest.mark.usefixtures("no_waiting")


def location(clinic: Clinic, place_of_service: str, time_zone: str | None = None, *, active: bool = True) -> str:
    """A location as identity tells of it."""
    identifier = new_id_of(clinic.organization_id)
    clinic.emit(
        LocationChanged(
            organization_id=clinic.organization_id,
            location_id=identifier,
            version=1,
            name="Somewhere",
            time_zone=time_zone,
            place_of_service=place_of_service,
            active=active,
        )
    )
    return str(identifier)


def change(clinic: Clinic, appointment: dict[str, Any], body: dict[str, Any], status: int = 200) -> dict[str, Any]:
    response = clinic.desk.patch(f"/appointments/{appointment['id']}", body)
    assert response.status_code == status, response.text
    return dict(response.json)


def history(clinic: Clinic, appointment: dict[str, Any]) -> list[dict[str, Any]]:
    return [item["changes"] for item in clinic.desk.get(f"/appointments/{appointment['id']}/history").json["items"]]


def test_a_move_keeps_the_length_and_is_on_record(clinic: Clinic) -> None:
    booked = clinic.book("2026-10-06T10:00", duration_minutes=50)
    moved = change(clinic, booked, {"starts_at_local": "2026-10-08T15:30"})
    assert (moved["starts_at_local"], moved["duration_minutes"]) == ("2026-10-08T15:30", 50)
    assert moved["ends_at"] == "2026-10-08T20:20:00Z" and moved["version"] == booked["version"] + 1
    longer = change(clinic, booked, {"duration_minutes": 80})
    assert (longer["starts_at"], longer["duration_minutes"]) == (moved["starts_at"], 80)
    assert history(clinic, booked) == [{}, {"starts_at_local": "2026-10-08T15:30"}, {"duration_minutes": "80"}]
    assert change(clinic, booked, {"duration_minutes": 80})["version"] == longer["version"], "nothing was otherwise"
    days = {"from": "2026-10-06", "to": "2026-10-08"}
    (shown,) = clinic.desk.get("/agenda", **days).json["items"]
    assert shown["starts_at_local"] == "2026-10-08T15:30"


def test_service_and_place_change_too(clinic: Clinic) -> None:
    office, home = location(clinic, "11"), location(clinic, "12")
    booked = clinic.book("2026-10-06T10:00", location_id=office)
    shorter = clinic.service("90834", 45)
    after = change(clinic, booked, {"service_type_id": shorter, "location_id": home})
    assert (after["service_type_id"], after["place_of_service"], after["duration_minutes"]) == (shorter, "12", 60)
    assert change(clinic, booked, {"telehealth": True})["place_of_service"] == AT_HOME
    assert change(clinic, booked, {"location_id": office})["telehealth"] is True, "telehealth needs no location"
    assert change(clinic, booked, {"telehealth": False})["place_of_service"] == "11"
    nowhere = change(clinic, booked, {"location_id": None})
    assert (nowhere["location_id"], nowhere["place_of_service"]) == (None, None)
    assert history(clinic, booked)[-1] == {"location_id": None, "place_of_service": None, "telehealth": None}


def test_another_zone_keeps_what_clocks_show(clinic: Clinic) -> None:
    booked = clinic.book("2026-10-06T10:00")
    there = change(clinic, booked, {"time_zone": "America/Los_Angeles"})
    assert (there["starts_at_local"], there["starts_at"]) == ("2026-10-06T10:00", "2026-10-06T17:00:00Z")


def test_what_is_refused_changes_nothing(clinic: Clinic) -> None:
    booked = clinic.book("2026-10-06T10:00")
    closed, retired = location(clinic, "11", active=False), str(new_id())
    for body, field, code in (
        ({"starts_at_local": "1970-01-01T09:00"}, "starts_at_local", "out_of_span"),
        ({"starts_at_local": "2027-03-14T02:30"}, "starts_at_local", "time_does_not_exist"),
        ({"location_id": closed}, "location_id", "not_active"),
        ({"service_type_id": retired}, "service_type_id", "unknown"),
        ({"place_of_service": "11", "telehealth": True}, "place_of_service", "not_where_telehealth_is"),
        ({"duration_minutes": 0}, "duration_minutes", "invalid"),
        ({"staff_id": None}, "staff_id", "invalid"),
    ):
        errors = change(clinic, booked, body, 422)["errors"]
        assert [(error["field"], error["code"]) for error in errors] == [(field, code)], body
    still = clinic.desk.get(f"/appointments/{booked['id']}").json
    assert {name: still[name] for name in still} == {name: booked[name] for name in still}
    assert history(clinic, booked) == [{}]


def test_nobody_is_booked_twice_by_a_move(clinic: Clinic) -> None:
    moving, other = clinic.book("2026-10-06T10:00"), clinic.client()
    in_the_way = clinic.book("2026-10-06T14:00", client_ids=[other])
    refused = change(clinic, moving, {"starts_at_local": "2026-10-06T14:30"}, 409)
    assert refused["code"] == "conflict" and refused["errors"][0]["value"] == in_the_way["id"]
    colleague = clinic.staff("therapist")
    clinic.book("2026-10-06T16:00", staff_id=str(colleague.staff_id))
    refused = change(clinic, moving, {"starts_at_local": "2026-10-06T16:00"}, 409)
    assert [error["field"] for error in refused["errors"]] == ["client_ids"], "the client is elsewhere"
    assert change(clinic, moving, {"duration_minutes": 240})["duration_minutes"] == 240
    assert change(clinic, moving, {"duration_minutes": 241}, 409)["code"] == "conflict"
    reason = {"override": {"reason": "A double session."}}
    assert clinic.desk.patch(f"/appointments/{moving['id']}", {"duration_minutes": 300, **reason}).status_code == 403
    done = clinic.administrator.patch(f"/appointments/{moving['id']}", {"duration_minutes": 300, **reason})
    assert done.json["override_reason"] == "A double session."


def test_one_that_takes_no_time_may_go_anywhere(clinic: Clinic) -> None:
    cancelled, _ = clinic.book("2026-10-06T10:00"), clinic.book("2026-10-06T14:00")
    clinic.desk.post(f"/appointments/{cancelled['id']}/status", {"status": "cancelled"})
    assert change(clinic, cancelled, {"starts_at_local": "2026-10-06T14:00"})
    taken = clinic.desk.post(f"/appointments/{cancelled['id']}/status", {"status": "booked"})
    assert taken.json["code"] == "conflict"


def test_two_who_move_into_one_gap_take_turns(clinic: Clinic) -> None:
    moving = [clinic.book(f"2026-10-0{day}T10:00", client_ids=[clinic.client()]) for day in (6, 7)]
    to = {"starts_at_local": "2026-10-08T10:00"}
    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(lambda moved: clinic.desk.patch(f"/appointments/{moved['id']}", to), moving))
    assert sorted(response.status_code for response in answers) == [200, 409]


def test_what_happened_is_not_moved_ahead(clinic: Clinic) -> None:
    kept = clinic.book("2026-03-02T10:00")
    assert clinic.desk.post(f"/appointments/{kept['id']}/status", {"status": "arrived"}).status_code == 200
    ahead = f"{clock.now() + timedelta(days=3):%Y-%m-%d}T10:00"
    refused = change(clinic, kept, {"starts_at_local": ahead}, 409)
    assert (refused["code"], refused["errors"][0]["field"]) == ("not_started", "starts_at_local")
    assert change(clinic, kept, {"starts_at_local": "2026-03-02T10:15"})["status"] == "arrived"


def test_a_note_holds_its_clinician_and_its_day_and_a_signed_one_everything(clinic: Clinic) -> None:
    booked = clinic.book("2026-03-02T10:00")
    note = clinic.note(booked["id"], started_at_local="2026-03-02T10:05")
    colleague = {"staff_id": str(clinic.staff("therapist").staff_id)}
    assert change(clinic, booked, colleague, 409)["code"] == "note_begun"
    assert change(clinic, booked, {"starts_at_local": "2026-03-03T10:00"}, 409)["code"] == "note_begun"
    assert change(clinic, booked, {"starts_at_local": "2026-03-02T10:30"})
    signed = clinic.therapist.post(f"/notes/{note['id']}/sign")
    assert signed.status_code == 200, signed.text
    for body in ({"duration_minutes": 30}, {"starts_at_local": "2026-03-02T11:00"}, {"telehealth": True}):
        assert change(clinic, booked, body, 409)["code"] == "documented"


@pytest.mark.abuse("A-ROLE-change-under-a-signature")
def test_a_signature_covers_the_appointment_that_its_person_saw(clinic: Clinic) -> None:
    """A draft may lie open for hours: whatever is changed under it meanwhile, somebody looks again before they sign."""
    for day, (name, value) in enumerate(
        (
            ("service_type_id", clinic.service("90834", 45)),
            ("starts_at_local", "2026-03-02T11:00"),
            ("duration_minutes", 30),
            ("location_id", location(clinic, "12")),
            ("place_of_service", "11"),
            ("telehealth", True),
        ),
        start=2,
    ):
        booked = clinic.book(f"2026-03-{day:02}T10:00")
        path = f"/notes/{clinic.note(booked['id'])['id']}"
        seen = clinic.therapist.get(path).headers["ETag"]
        changed_to = value.replace("03-02", f"03-{day:02}") if name == "starts_at_local" else value
        change(clinic, booked, {name: changed_to})
        for signature in ("sign", "submit"):
            assert clinic.therapist.post(f"{path}/{signature}", **{"If-Match": seen}).status_code == 412, name
        now = clinic.therapist.get(path).headers["ETag"]
        change(clinic, booked, {name: changed_to})
        assert clinic.therapist.get(path).headers["ETag"] == now, "nothing was otherwise"
        assert clinic.therapist.post(f"{path}/sign", **{"If-Match": now}).status_code == 200, name


def test_who_sees_assigned_clients_only_moves_only_what_they_give(clinic: Clinic) -> None:
    colleague = clinic.staff("therapist", grants=("assigned_only",))
    group = clinic.book("2026-10-06T10:00", client_ids=[clinic.client_id, clinic.client(colleague)])
    to = {"starts_at_local": "2026-10-06T11:00"}
    path = f"/appointments/{group['id']}"
    assert colleague.patch(path, to).json["code"] == "colleagues_appointment"
    assert clinic.staff("therapist", grants=("assigned_only",)).patch(path, to).status_code == 404
    assert clinic.therapist.patch(path, to).status_code == 200


STARTS = st.integers(0, 1_000_000).map(
    lambda minutes: datetime.fromisoformat("2026-01-01") + timedelta(minutes=minutes)
)
BOOKED = st.builds(
    Booked,
    starts_at_local=STARTS,
    time_zone=st.sampled_from(["America/New_York", "Europe/Berlin"]),
    duration_minutes=st.integers(1, 1440),
    staff_id=st.uuids(),
    service_type_id=st.uuids(),
    location_id=st.none() | st.uuids(),
    place_of_service=st.none(),
    telehealth=st.none(),
)
CHANGES = st.builds(
    AppointmentChanges,
    starts_at_local=st.just(UNSET) | STARTS,
    duration_minutes=st.just(UNSET) | st.integers(1, 1440),
    location_id=st.just(UNSET) | st.none() | st.uuids(),
    telehealth=st.just(UNSET) | st.none() | st.booleans(),
)


@given(BOOKED, CHANGES)
def test_what_is_left_out_stays_and_what_is_said_holds(before: Booked, changes: AppointmentChanges) -> None:
    after = changed(before, changes, "11")
    for name in ("starts_at_local", "time_zone", "duration_minutes", "staff_id", "service_type_id", "location_id"):
        change = changes.given().get(name, UNSET)
        assert getattr(after, name) == (getattr(before, name) if change is UNSET else change)
    if isinstance(changes.telehealth, bool):
        assert after.telehealth == changes.telehealth
        assert (after.place_of_service == AT_HOME) == changes.telehealth
    assert changed(after, changes, "11") == after, "saying it again changes nothing"
    assert set(differences(before, after)) == {
        name for name in Booked.__slots__ if getattr(before, name) != getattr(after, name)
    }
