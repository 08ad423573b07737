"""Who and when can be booked, and who writes about it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.clinical.agenda.rules import BOOKABLE
from services.clinical.tests.conftest import SOAP, Clinic
from shared import clock
from shared.contracts.clients import ClientChanged, ClientChangedV1
from shared.contracts.identity import StaffChanged
from shared.ids import new_id_of
from shared.permissions import LEVELS
from shared.testing.web import ServiceClient

pytestmark = pytest.mark.usefixtures("no_waiting")


def wrong(response: Any, field: str, code: str) -> None:
    assert response.status_code == 422, response.text
    assert [(error["field"], error["code"]) for error in response.json["errors"]] == [(field, code)]


def invited(clinic: Clinic, *, joined: bool | None, version: int = 1, staff_id: Any = None) -> dict[str, str]:
    """A therapist as identity tells of them."""
    staff_id = staff_id or new_id_of(clinic.organization_id)
    clinic.emit(
        StaffChanged(clinic.organization_id, staff_id, version, "Ira", True, ("default", "therapist"), joined=joined)
    )
    return {"staff_id": str(staff_id)}


@pytest.mark.parametrize("level", sorted(LEVELS))
def test_a_clinician_has_a_level_that_signs_notes(clinic: Clinic, level: str) -> None:
    somebody = {"staff_id": str(clinic.staff(level).staff_id)}
    response = clinic.desk.post("/appointments", clinic.booking("2026-10-06T10:00", **somebody))
    if "notes:sign" in LEVELS[level]:
        assert response.status_code == 201, response.text
    else:
        wrong(response, "staff_id", "cannot_document")


def test_somebody_who_has_not_joined_is_not_booked_until_they_have(clinic: Clinic) -> None:
    unknown = invited(clinic, joined=None)
    assert clinic.book("2026-10-05T10:00", **unknown)
    waited_for = invited(clinic, joined=False)
    booking = clinic.booking("2026-10-06T10:00", **waited_for)
    wrong(clinic.desk.post("/appointments", booking), "staff_id", "cannot_document")
    invited(clinic, joined=True, version=2, staff_id=waited_for["staff_id"])
    assert clinic.desk.post("/appointments", booking).status_code == 201


def test_a_conflict_is_said_first(clinic: Clinic) -> None:
    clinic.book("2026-10-06T10:00")
    booking = clinic.booking("2026-10-06T10:00", staff_id=str(clinic.staff("billing").staff_id))
    assert clinic.desk.post("/appointments", booking).json["code"] == "conflict"


def test_an_unassigned_clinician_is_booked_with_a_warning(clinic: Clinic) -> None:
    known, stranger = clinic.client_id, clinic.client()
    assert clinic.book("2026-10-06T10:00")["warnings"] == []
    (warning,) = clinic.book("2026-10-06T12:00", client_ids=[known, stranger])["warnings"]
    assert (warning["code"], warning["client_ids"]) == ("clinician_not_assigned", [stranger])
    clinic.assign(stranger, clinic.therapist)
    assert clinic.book("2026-10-06T14:00", client_ids=[known, stranger])["warnings"] == []
    clinic.unassign(stranger, clinic.therapist, 2)
    assert clinic.book("2026-10-06T16:00", client_ids=[stranger])["warnings"][0]["client_ids"] == [stranger]


@pytest.mark.parametrize(
    ("contract", "status", "answered"),
    [
        (ClientChanged, "prospective", 201),
        (ClientChanged, "active", 201),
        (ClientChanged, "archived", 422),
        (ClientChangedV1, "active", 201),
        (ClientChangedV1, "archived", 422),
    ],
)
def test_only_an_archived_client_is_not_booked(clinic: Clinic, contract: type, status: str, answered: int) -> None:
    client_id = new_id_of(clinic.organization_id)
    clinic.emit(
        contract(
            organization_id=clinic.organization_id,
            client_id=client_id,
            version=1,
            display_name="Ada Client",
            status=status,
        )
    )
    booked = clinic.desk.post("/appointments", clinic.booking("2026-10-06T10:00", client_ids=[str(client_id)]))
    assert booked.status_code == answered
    if answered == 422:
        wrong(booked, "client_ids", "archived")


@pytest.mark.parametrize("start", ["1970-01-01T09:00", "1999-12-31T09:00", "2100-01-01T09:00", "2199-12-31T09:00"])
def test_nobody_means_such_a_date(clinic: Clinic, start: str) -> None:
    wrong(clinic.desk.post("/appointments", clinic.booking(start)), "starts_at_local", "out_of_span")


def test_ten_years_either_way_are_bookable(clinic: Clinic) -> None:
    today = clock.today("America/New_York")
    for sign in (-1, 1):
        assert clinic.book(f"{today + sign * BOOKABLE}T09:00")
        beyond = today + sign * (BOOKABLE + timedelta(days=1))
        wrong(
            clinic.desk.post("/appointments", clinic.booking(f"{beyond}T09:00")),
            "starts_at_local",
            "out_of_span",
        )


def write(clinic: Clinic, author: ServiceClient, appointment_id: str) -> Any:
    body = {"client_id": clinic.client_id, "template": "soap", "content": SOAP}
    return author.post(f"/appointments/{appointment_id}/notes", body)


@pytest.mark.abuse("A-MONEY-session-of-another")
def test_the_appointments_clinician_documents_it_or_is_changed_first(clinic: Clinic) -> None:
    colleague = clinic.staff("therapist")
    clinic.assign(clinic.client_id, colleague)
    booked = clinic.book("2026-10-06T10:00")
    for other in (colleague, clinic.administrator):
        refused = write(clinic, other, booked["id"])
        assert (refused.status_code, refused.json["code"]) == (409, "not_the_clinician")
        assert refused.json["errors"][0]["value"] == str(clinic.therapist.staff_id)
    changed = clinic.desk.patch(f"/appointments/{booked['id']}", {"staff_id": str(colleague.staff_id)})
    assert changed.status_code == 200, changed.text
    assert changed.json["staff_id"] == str(colleague.staff_id) and changed.json["warnings"] == []
    assert changed.json["version"] == booked["version"] + 1
    assert write(clinic, clinic.therapist, booked["id"]).json["code"] == "not_the_clinician"
    assert write(clinic, colleague, booked["id"]).status_code == 201
    lines = clinic.desk.get(f"/appointments/{booked['id']}/history").json["items"]
    assert [line["changes"] for line in lines][1] == {"staff_id": str(colleague.staff_id)}


def test_another_clinician_is_free_and_documents_and_nothing_is_written_yet(clinic: Clinic) -> None:
    booked = clinic.book("2026-10-06T10:00")
    path, colleague = f"/appointments/{booked['id']}", clinic.staff("therapist")
    to = {"staff_id": str(colleague.staff_id)}
    wrong(clinic.desk.patch(path, {"staff_id": str(clinic.desk.staff_id)}), "staff_id", "cannot_document")
    busy = clinic.book("2026-10-06T10:30", client_ids=[clinic.client()], **to)
    refused = clinic.desk.patch(path, to)
    assert (refused.status_code, refused.json["errors"][0]["value"]) == (409, busy["id"])
    override = {"override": {"reason": "They take turns."}}
    assert clinic.desk.patch(path, {**to, **override}).status_code == 403
    done = clinic.administrator.patch(path, {**to, **override})
    assert done.json["override_reason"] == "They take turns."
    assert done.json["warnings"][0]["client_ids"] == [clinic.client_id]
    back = {"staff_id": str(clinic.therapist.staff_id)}
    assert clinic.desk.patch(path, back).status_code == 200
    note = clinic.note(booked["id"])
    assert clinic.desk.patch(path, to).json["code"] == "note_begun"
    assert clinic.therapist.post(f"/notes/{note['id']}/sign").status_code == 200
    assert clinic.desk.patch(path, to).json["code"] == "documented"
