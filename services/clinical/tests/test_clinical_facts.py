"""What billing is told of a documented appointment besides its minutes: when, where, under whom, with what else."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.clinical.agenda.rules import TELEHEALTH_PLACES, NotWhereTelehealthIs, Place, place
from services.clinical.tests.conftest import Clinic
from shared.contracts.identity import LocationChanged
from shared.ids import new_id_of
from shared.testing.web import ServiceClient

CODES = st.none() | st.sampled_from(["02", "03", "10", "11", "12"])


def location(clinic: Clinic, place_of_service: str | None) -> str:
    """A location of which identity published, or did not tell, the place of service."""
    location_id = new_id_of(clinic.organization_id)
    clinic.emit(
        LocationChanged(
            organization_id=clinic.organization_id,
            location_id=location_id,
            version=1,
            name="Office",
            place_of_service=place_of_service,
        )
    )
    return str(location_id)


def signed(clinic: Clinic, appointment: dict[str, Any], **note: Any) -> dict[str, Any]:
    """The newest event after a note about the appointment was signed."""
    draft = clinic.note(appointment["id"], **note)
    response = clinic.therapist.post(f"/notes/{draft['id']}/sign")
    assert response.status_code == 200, response.text
    return newest(clinic) | {"note": draft["id"]}


def newest(clinic: Clinic) -> dict[str, Any]:
    """What billing was published last."""
    data = clinic.documented()[-1][0]
    assert isinstance(data, dict)
    return data


def where(data: dict[str, Any]) -> tuple[Any, Any]:
    """Code and telehealth."""
    return data["place_of_service"], data["telehealth"]


@given(code=CODES, telehealth=st.none() | st.booleans(), otherwise=CODES)
def test_a_place_of_service_and_telehealth_never_contradict_each_other(
    code: str | None, telehealth: bool | None, otherwise: str | None
) -> None:
    try:
        found = place(Place(code, telehealth), otherwise)
    except NotWhereTelehealthIs:
        assert code is not None
        assert telehealth is (code not in TELEHEALTH_PLACES)
        return
    if found.code is not None:
        assert found.telehealth is (found.code in TELEHEALTH_PLACES)
    assert code in (None, found.code)
    assert telehealth in (None, found.telehealth)
    assert found.code is not None or otherwise is None or telehealth is False
    assert place(found, otherwise) == found, "what was settled stays"


def test_the_times_and_the_place_of_a_session_in_the_office(clinic: Clinic) -> None:
    appointment = clinic.book("2026-10-06T16:00", location_id=location(clinic, "11"))
    assert where(appointment) == ("11", False)
    data = signed(clinic, appointment, started_at_local="2026-10-06T16:05", minutes=45)
    times = ("2026-10-06T20:05:00+00:00", "2026-10-06T20:50:00+00:00")
    assert (data["started_at"], data["stopped_at"], where(data)) == (*times, ("11", False))
    assert (data["supervising_staff_id"], data["add_on_service_type_ids"]) == (None, [])


def test_a_session_without_place_began_when_it_was_booked_for_and_the_rest_is_not_known(clinic: Clinic) -> None:
    for number, more in enumerate(({}, {"location_id": location(clinic, None)})):
        data = signed(clinic, clinic.book(f"2026-10-0{number + 6}T16:00", **more))
        assert (data["started_at"][11:16], where(data)) == ("20:00", (None, None))


def test_telehealth_is_booked_shown_and_documented_as_it_took_place(clinic: Clinic) -> None:
    office = location(clinic, "11")
    appointment = clinic.book("2026-10-06T16:00", location_id=office, telehealth=True)
    assert where(appointment) == ("10", True)
    shown = clinic.desk.get("/agenda", **{"from": "2026-10-06", "to": "2026-10-06"}).json["items"]
    assert [item["telehealth"] for item in shown] == [True]
    assert where(signed(clinic, appointment)) == ("10", True)
    came = clinic.book("2026-10-07T16:00", location_id=office, telehealth=True)
    data = signed(clinic, came, place_of_service="11")
    assert where(data) == ("11", False), "the client came after all"
    elsewhere = clinic.book("2026-10-08T16:00", location_id=office, place_of_service="02")
    assert where(signed(clinic, elsewhere)) == ("02", True)


def test_a_code_and_telehealth_that_contradict_each_other_are_refused_wherever_they_are_said(clinic: Clinic) -> None:
    wrong = {"place_of_service": "11", "telehealth": True}
    appointment = clinic.book("2026-10-06T16:00")
    body = {"client_id": clinic.client_id, "template": "soap", "content": {}}
    notes = f"/appointments/{appointment['id']}/notes"
    refused = [
        clinic.desk.post("/appointments", clinic.booking("2026-10-07T16:00", **wrong)),
        clinic.therapist.post(notes, {**body, **wrong}),
    ]
    note = f"/notes/{signed(clinic, appointment)['note']}"
    draft = f"/notes/{clinic.note(clinic.book('2026-10-08T16:00')['id'])['id']}"
    refused += [
        clinic.therapist.post(f"{note}/amendments", {"reason": "r", **wrong}),
        clinic.therapist.patch(draft, wrong),
    ]
    assert {(response.status_code, response.json["code"]) for response in refused} == {(422, "not_where_telehealth_is")}
    unknown = clinic.desk.post("/appointments", clinic.booking("2026-10-07T16:00", place_of_service="77"))
    assert (unknown.status_code, unknown.json["errors"][0]["field"]) == (422, "place_of_service")


def test_services_in_addition_are_known_others_in_use_and_named_once(clinic: Clinic) -> None:
    complexity = clinic.service("90785", 10)
    appointment = clinic.book("2026-10-06T16:00")
    draft = f"/notes/{clinic.note(appointment['id'])['id']}"

    def refusal(*add_ons: str) -> str:
        response = clinic.therapist.patch(draft, {"add_on_service_type_ids": list(add_ons)})
        assert response.status_code == 422, response.text
        return str(response.json["errors"][0]["code"])

    unknown = str(UUID(int=7))
    assert refusal(unknown) == "unknown"
    assert refusal(clinic.service_type_id) == "own_service"
    assert refusal(complexity, complexity) == "invalid"
    changed = clinic.therapist.patch(draft, {"add_on_service_type_ids": [complexity]})
    assert changed.json["add_on_service_type_ids"] == [complexity]
    assert clinic.therapist.post(f"{draft}/sign").status_code == 200
    assert newest(clinic)["add_on_service_type_ids"] == [complexity]


AMENDMENTS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"telehealth": False}, {"place_of_service": None, "telehealth": False}),
    ({"place_of_service": "02"}, {"place_of_service": "02"}),
    ({"add_on_service_type_ids": []}, {"add_on_service_type_ids": []}),
    ({"started_at_local": "2026-10-06T16:10"}, {"started_at": "2026-10-06T20:10:00+00:00"}),
]


@pytest.mark.parametrize(("amendment", "published"), AMENDMENTS)
def test_each_fact_can_be_corrected_and_billing_hears_of_it_once(
    clinic: Clinic, amendment: dict[str, Any], published: dict[str, Any]
) -> None:
    first = signed(
        clinic, clinic.book("2026-10-06T16:00", telehealth=True), add_on_service_type_ids=[clinic.service("90785", 10)]
    )
    path = f"/notes/{first['note']}"
    for changes in ({}, amendment, amendment):
        response = clinic.therapist.post(f"{path}/amendments", {"reason": "as it was", **changes})
        assert response.status_code == 201, response.text
    assert len(clinic.documented()) == 2, "the other amendments changed nothing"
    changed = {name: value for name, value in newest(clinic).items() if first[name] != value}
    ends = {"stopped_at": "2026-10-06T21:05:00+00:00"} if "started_at" in published else {}
    assert changed == {"version": 2, **published, **ends}
    unchanged, changed_once, changed_again = (version["content_hash"] for version in response.json["versions"][1:])
    assert unchanged != changed_once == changed_again, "the signature covers the facts"


def test_the_supervisor_of_the_clinician_who_gave_the_service_is_told(clinic: Clinic) -> None:
    supervisor: ServiceClient = clinic.staff("therapist")
    intern = clinic.staff("therapist", supervisor=supervisor)
    clinic.assign(clinic.client_id, intern)
    appointment = clinic.book("2026-10-06T16:00", staff_id=str(intern.staff_id))
    body = {"client_id": clinic.client_id, "template": "narrative", "content": {"text": "x"}}
    note = intern.post(f"/appointments/{appointment['id']}/notes", body).json
    assert intern.post(f"/notes/{note['id']}/sign").status_code == 200
    assert newest(clinic)["supervising_staff_id"] == str(supervisor.staff_id)
