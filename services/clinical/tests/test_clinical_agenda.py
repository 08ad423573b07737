"""Stories 15 and 18: local times across clock changes, and no double booking."""

from __future__ import annotations

import threading

import pytest

from services.clinical.agenda import rules
from services.clinical.attendance.rules import TRANSITIONS
from services.clinical.tests.conftest import Clinic
from shared.ids import new_id


def test_story_15_the_same_local_time_before_and_after_the_clocks_change(clinic: Clinic) -> None:
    before, after = clinic.book("2026-10-27T16:00"), clinic.book("2026-11-03T16:00")
    assert (before["starts_at"], after["starts_at"]) == ("2026-10-27T20:00:00Z", "2026-11-03T21:00:00Z")
    assert before["starts_at_local"][11:] == after["starts_at_local"][11:] == "16:00"
    skipped = clinic.desk.post("/appointments", clinic.booking("2027-03-14T02:30"))
    assert skipped.status_code == 422
    assert skipped.json["errors"][0]["code"] == "time_does_not_exist"


def test_story_18_conflicts(clinic: Clinic) -> None:
    first = clinic.book("2026-10-06T10:00")
    clash = clinic.desk.post("/appointments", clinic.booking("2026-10-06T10:30"))
    assert (clash.status_code, clash.json["code"]) == (409, "conflict")
    assert {error["value"] for error in clash.json["errors"]} == {first["id"]}
    assert [error["code"] for error in clash.json["errors"]] == ["staff_busy", "client_busy"]
    assert clinic.desk.post("/appointments", clinic.booking("2026-10-06T11:00")).status_code == 201
    override = {"override": {"reason": "both want it"}}
    refused = clinic.desk.post("/appointments", clinic.booking("2026-10-06T10:30", **override))
    assert refused.status_code == 403
    allowed = clinic.staff("default", grants=("double_book",))
    booked = allowed.post("/appointments", clinic.booking("2026-10-06T10:30", **override))
    assert (booked.status_code, booked.json["overridden"]) == (201, True)


def test_the_same_client_with_another_clinician_is_a_conflict_too(clinic: Clinic) -> None:
    clinic.book("2026-10-06T10:00")
    other = clinic.staff("therapist")
    body = clinic.booking("2026-10-06T10:30", staff_id=str(other.staff_id))
    response = clinic.desk.post("/appointments", body)
    assert response.json["errors"][0]["field"] == "client_ids"


def test_two_who_book_the_same_slot_at_once(clinic: Clinic) -> None:
    for round_ in range(5):
        statuses: list[int] = []
        body = clinic.booking(f"2026-10-0{round_ + 1}T10:00")

        def book(body: dict[str, object] = body, statuses: list[int] = statuses) -> None:
            statuses.append(clinic.desk.post("/appointments", body).status_code)

        threads = [threading.Thread(target=book) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(statuses) == [201, 409, 409]


def test_the_database_itself_refuses_a_double_booking(clinic: Clinic) -> None:
    import psycopg

    booked = clinic.book("2026-10-06T10:00")
    copied = (
        "INSERT INTO appointments (organization_id, id, version, staff_id, service_type_id, starts_at, ends_at,"
        " time_zone, status, overridden, booked_by, created_at) SELECT organization_id, gen_random_uuid(), 1, staff_id,"
        " service_type_id, starts_at, ends_at, time_zone, status, false, booked_by, now() FROM appointments"
        f" WHERE id = '{booked['id']}' RETURNING 1"
    )
    with pytest.raises(psycopg.errors.ExclusionViolation):
        clinic.database.rows(copied)


def test_a_cancelled_one_does_not_come_back_to_a_taken_time(clinic: Clinic) -> None:
    first = clinic.book("2026-10-06T10:00")
    clinic.desk.post(f"/appointments/{first['id']}/status", {"status": "cancelled", "reason": "ill"})
    clinic.book("2026-10-06T10:00")
    back = clinic.desk.post(f"/appointments/{first['id']}/status", {"status": "booked"})
    assert (back.status_code, back.json["code"]) == (409, "conflict")


def test_a_status_that_no_way_leads_to(clinic: Clinic) -> None:
    booked = clinic.book("2026-10-06T10:00")
    path = f"/appointments/{booked['id']}/status"
    assert clinic.desk.post(path, {"status": "arrived"}).status_code == 200
    refused = clinic.desk.post(path, {"status": "cancelled"})
    assert (refused.status_code, refused.json["code"]) == (409, "status_not_possible")
    assert refused.json["errors"][0]["field"] == "status" and refused.json["errors"][0]["value"] == "arrived"
    assert clinic.desk.post(path, {"status": "dancing"}).status_code == 422


def test_the_agenda_is_of_the_organizations_days_and_bounded(clinic: Clinic) -> None:
    late = clinic.book("2026-10-06T23:30")
    query = {"from": "2026-10-06", "to": "2026-10-06"}
    assert [item["id"] for item in clinic.desk.get("/agenda", **query).json["items"]] == [late["id"]]
    assert clinic.desk.get("/agenda", **{"from": "2026-10-07", "to": "2026-10-07"}).json["items"] == []
    assert clinic.desk.get("/agenda", **{"from": "2026-01-01", "to": "2026-12-31"}).status_code == 422
    assert clinic.desk.get("/agenda", **{"from": "2026-10-07", "to": "2026-10-06"}).status_code == 422


def test_every_status_can_be_left_and_leads_only_to_statuses() -> None:
    assert set(TRANSITIONS) == set(rules.STATUSES)
    for after in TRANSITIONS.values():
        assert after
        assert after <= set(rules.STATUSES)


def test_who_sees_assigned_clients_only_sees_no_other_member_of_a_group(clinic: Clinic) -> None:
    mine, other = clinic.client_id, clinic.client()
    narrowed = clinic.staff("therapist", grants=("assigned_only",))
    clinic.assign(mine, narrowed)
    path = f"/appointments/{clinic.book('2026-10-06T16:00', client_ids=[mine, other])['id']}"
    shown = narrowed.get(path)
    assert shown.json["client_ids"] == [mine] and other not in shown.text
    assert clinic.desk.get(path).json["client_ids"] == [mine, other]
    own = clinic.book("2026-10-06T18:00", client_ids=[mine, other], staff_id=str(narrowed.staff_id))
    changed = narrowed.post(f"/appointments/{own['id']}/status", {"status": "confirmed"})
    assert changed.json["client_ids"] == [mine] and other not in changed.text


@pytest.mark.abuse("A-ROLE-others-group")
@pytest.mark.parametrize("status", sorted(rules.STATUSES))
def test_who_sees_assigned_clients_only_changes_no_group_of_a_colleague(clinic: Clinic, status: str) -> None:
    """Cancelling it would take the session from clients whom they do not even know of."""
    mine = clinic.client_id
    narrowed = clinic.staff("therapist", grants=("assigned_only",))
    clinic.assign(mine, narrowed)
    for clients in ([mine, clinic.client()], [mine]):
        path = f"/appointments/{clinic.book('2026-10-06T16:00', client_ids=clients)['id']}"
        before = clinic.desk.get(path).json
        refused = narrowed.post(f"{path}/status", {"status": status, "reason": "no more"})
        assert (refused.status_code, refused.json["code"]) == (403, "colleagues_appointment")
        given = narrowed.patch(path, {"staff_id": str(narrowed.staff_id)})
        assert (given.status_code, given.json["code"]) == (403, "colleagues_appointment")
        assert clinic.desk.get(path).json == before
        clinic.desk.post(f"{path}/status", {"status": "cancelled"})


def test_whether_another_member_is_documented_is_not_shown_either(clinic: Clinic) -> None:
    mine, other = clinic.client_id, clinic.client()
    narrowed = clinic.staff("therapist", grants=("assigned_only",))
    clinic.assign(mine, narrowed)
    appointment = clinic.book("2026-10-06T16:00", client_ids=[mine, other])["id"]
    note = clinic.note(appointment)
    assert clinic.therapist.post(f"/notes/{note['id']}/sign").status_code == 200
    assert narrowed.get(f"/appointments/{appointment}").json["documented"]
    assert not clinic.desk.get(f"/appointments/{appointment}").json["documented"]


def listed(clinic: Clinic, **query: str) -> list[str]:
    response = clinic.desk.get("/agenda", **{"from": "2026-10-05", "to": "2026-10-09", **query})
    assert response.status_code == 200, response.text
    return [appointment["id"] for appointment in response.json["items"]]


def test_the_agenda_of_some_people_of_a_place_and_of_a_status(clinic: Clinic) -> None:
    second, third = clinic.staff("therapist"), clinic.staff("therapist")
    people = [clinic.therapist, second, third]
    booked = [
        clinic.book("2026-10-06T10:00", staff_id=str(person.staff_id), client_ids=[clinic.client()])["id"]
        for person in people
    ]
    clinic.desk.post(f"/appointments/{booked[1]}/status", {"status": "cancelled"})
    two = f"{second.staff_id}, {third.staff_id},{third.staff_id}"
    assert set(listed(clinic)) == set(booked)
    assert set(listed(clinic, staff_ids=two)) == set(booked[1:])
    assert listed(clinic, staff_ids=two, status="cancelled,no_show") == [booked[1]]
    assert listed(clinic, location_id=str(new_id())) == []
    for wrong in (
        {"staff_ids": "me"},
        {"staff_ids": ""},
        {"status": "booked,lost"},
        {"staff_ids": ",".join(str(new_id()) for _ in range(21))},
        {"limit": "0"},
        {"cursor": "x"},
    ):
        response = clinic.desk.get("/agenda", **{"from": "2026-10-05", "to": "2026-10-09", **wrong})
        assert (response.status_code, [error["field"] for error in response.json["errors"]]) == (422, list(wrong)), (
            wrong
        )


def test_the_agenda_in_pages_misses_nothing_and_shows_nothing_twice(clinic: Clinic) -> None:
    booked = [clinic.book(f"2026-10-06T{hour:02}:00", client_ids=[clinic.client()])["id"] for hour in range(8, 15)]
    found: list[str] = []
    cursor: dict[str, str] = {}
    for _ in range(3):
        page = clinic.desk.get("/agenda", **{"from": "2026-10-05", "to": "2026-10-09", "limit": "3", **cursor}).json
        found += [item["id"] for item in page["items"]]
        cursor = {"cursor": page["next_cursor"]}
    assert found == booked and page["next_cursor"] is None
