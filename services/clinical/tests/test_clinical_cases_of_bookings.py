"""Booking needs no case; the note does. Nobody learns from a booking how many cases a client has."""

from __future__ import annotations

from typing import Any

import pytest

from services.clinical.tests.conftest import SOAP, Clinic

pytestmark = pytest.mark.usefixtures("no_waiting")


def write(clinic: Clinic, appointment_id: str, **more: Any) -> Any:
    body = {"client_id": clinic.client_id, "template": "soap", "content": SOAP, **more}
    return clinic.therapist.post(f"/appointments/{appointment_id}/notes", body)


@pytest.mark.abuse("A-ROLE-count-cases")
def test_a_booking_is_the_same_with_one_case_with_several_and_with_none(clinic: Clinic) -> None:
    several, none = clinic.client(clinic.therapist), clinic.client(clinic.therapist)
    for _ in range(2):
        clinic.open_case(clinic.therapist, several)
    answers = [
        clinic.desk.post("/appointments", clinic.booking(f"2026-10-0{day}T10:00", client_ids=clients))
        for day, clients in enumerate(([clinic.client_id], [several], [none], [several, none, clinic.client_id]), 1)
    ]
    assert [response.status_code for response in answers] == [201] * 4, [response.text for response in answers]
    assert len({tuple(appointment.json) for appointment in answers}) == 1
    assert not any("case" in response.text for response in answers)


def test_a_note_names_the_case_where_several_are_open(clinic: Clinic) -> None:
    second = clinic.open_case(clinic.therapist, clinic.client_id)
    booked = clinic.book("2026-10-06T10:00")
    needed = write(clinic, booked["id"])
    assert (needed.status_code, needed.json["code"]) == (409, "case_needed")
    assert needed.json["errors"][0]["field"] == "case_id"
    written = write(clinic, booked["id"], case_id=second)
    assert (written.status_code, written.json["case_id"]) == (201, second)


def test_a_note_takes_the_only_case_that_is_open(clinic: Clinic) -> None:
    second = clinic.open_case(clinic.therapist, clinic.client_id)
    booked = clinic.book("2026-10-06T10:00")
    clinic.therapist.patch(f"/cases/{clinic.case_id}", {"status": "closed"})
    assert write(clinic, booked["id"]).json["case_id"] == second


def test_of_several_cases_those_count_that_the_author_works_in(clinic: Clinic) -> None:
    hidden = clinic.open_case(clinic.administrator, clinic.client_id)
    booked = clinic.book("2026-10-06T10:00")
    assert write(clinic, booked["id"]).json["case_id"] == clinic.case_id
    again = clinic.book("2026-10-07T10:00")
    unknown = write(clinic, again["id"], case_id=hidden)
    assert (unknown.status_code, unknown.json["errors"][0]["code"]) == (422, "unknown")


def test_a_case_that_a_note_names_is_the_clients_and_open(clinic: Clinic) -> None:
    other = clinic.open_case(clinic.therapist, clinic.client(clinic.therapist))
    closed = clinic.open_case(clinic.therapist, clinic.client_id)
    clinic.therapist.patch(f"/cases/{closed}", {"status": "closed"})
    booked = clinic.book("2026-10-06T10:00")
    assert write(clinic, booked["id"], case_id=other).json["errors"][0]["code"] == "other_client"
    assert write(clinic, booked["id"], case_id=closed).json["code"] == "case_closed"


def test_a_client_without_a_case_gets_one_before_the_note(clinic: Clinic) -> None:
    client = clinic.client(clinic.therapist)
    booked = clinic.book("2026-10-06T10:00", client_ids=[client])
    assert write(clinic, booked["id"], client_id=client).json["code"] == "case_needed"
    case_id = clinic.open_case(clinic.therapist, client)
    assert write(clinic, booked["id"], client_id=client).json["case_id"] == case_id


def test_a_stranger_learns_nothing_of_a_clients_cases(clinic: Clinic) -> None:
    stranger, none = clinic.staff("therapist"), clinic.client()
    mine = {"staff_id": str(stranger.staff_id)}
    answers = []
    for client, day in ((clinic.client_id, 6), (none, 7)):
        booked = clinic.book(f"2026-10-0{day}T10:00", client_ids=[client], **mine)
        body = {"client_id": client, "template": "soap", "content": SOAP}
        answers.append(stranger.post(f"/appointments/{booked['id']}/notes", body))
    assert [(response.status_code, response.json["code"]) for response in answers] == [(404, "not_found")] * 2
