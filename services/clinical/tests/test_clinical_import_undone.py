"""Undoing an import takes back the appointments that it booked and nobody has touched; others keep their client."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from services.clinical.tests.conftest import Clinic
from services.clinical.tests.test_clinical_client_changes import decided, over, proposed, said
from services.clinical.tests.test_clinical_requested_bookings import MONDAY, answer_to, answers, request
from shared import clock
from shared.contracts.clients import ChangeProposed
from shared.ids import new_id

TUESDAY = "2027-02-02T10:00"
LATER = "2027-02-02T15:00"
TABLES = ("appointments", "attendees", "appointment_changes")
Touch = Callable[[Clinic, str, str], Any]

pytestmark = pytest.mark.usefixtures("no_waiting")


def imported(clinic: Clinic, start: str = MONDAY) -> tuple[str, str]:
    """A client who came from a file, and the appointment that was booked for them."""
    client_id = clinic.client(clinic.therapist)
    asked_for = request(clinic, start, client_id=UUID(client_id))
    assert answers(clinic, asked_for) == [None]
    return client_id, str(answer_to(clinic, asked_for)["appointment_id"])


def undone(clinic: Clinic, *client_ids: str) -> ChangeProposed:
    ids = tuple(map(UUID, client_ids))
    answer_by = clock.now() + timedelta(seconds=30)
    change = ChangeProposed(clinic.organization_id, new_id(), 1, "undo_import", ids, answer_by)
    clinic.emit(change)
    return change


def stays(clinic: Clinic, change: ChangeProposed) -> tuple[list[str], list[str]]:
    """Who stays because something is used, and who because of appointments."""
    (row,) = clinic.database.rows(
        "SELECT data->'used', data->'booked' FROM outbox WHERE type = 'clinical.change_answered.v1'"
        " AND aggregate_id = %s",
        change.change_id,
    )
    return row[0], row[1]


def rows_left(clinic: Clinic) -> list[int]:
    """How many rows of each table about appointments there are in this practice."""
    counts = (
        clinic.database.rows(f"SELECT count(*) FROM {table} WHERE organization_id = %s", clinic.organization_id)
        for table in TABLES
    )
    return [rows[0][0] for rows in counts]


def test_what_an_import_booked_and_nobody_touched_goes_with_its_client(clinic: Clinic) -> None:
    first, second = imported(clinic), imported(clinic, TUESDAY)
    change = undone(clinic, first[0], second[0])
    assert stays(clinic, change) == ([], [])
    for _ in range(2):
        clinic.emit(decided(change, applies=True))
    assert rows_left(clinic) == [0, 0, 0]
    for client_id, appointment_id in (first, second):
        assert clinic.administrator.get(f"/appointments/{appointment_id}").status_code == 404
        assert clinic.administrator.get(f"/clients/{client_id}/appointments").status_code == 404
    audited = clinic.database.rows(
        "SELECT object_id::text, client_id::text, details->>'reason' FROM audit_entries"
        " WHERE organization_id = %s AND action = 'appointment_taken_back'",
        clinic.organization_id,
    )
    assert sorted(audited) == sorted((each[1], each[0], "undo_import") for each in (first, second))
    assert clinic.book(MONDAY), "the time is free again"


def _moved(clinic: Clinic, _client_id: str, appointment_id: str) -> Any:
    return clinic.desk.patch(f"/appointments/{appointment_id}", {"starts_at_local": LATER})


def _confirmed(clinic: Clinic, _client_id: str, appointment_id: str) -> Any:
    return clinic.desk.post(f"/appointments/{appointment_id}/status", {"status": "confirmed"})


def _with_a_reason(clinic: Clinic, _client_id: str, appointment_id: str) -> Any:
    return clinic.desk.post(f"/appointments/{appointment_id}/status", {"status": "booked", "reason": "asked twice"})


def _booked_again(clinic: Clinic, client_id: str, _appointment_id: str) -> Any:
    return clinic.desk.post("/appointments", clinic.booking(LATER, client_ids=[client_id]))


def _taken_on(clinic: Clinic, client_id: str, _appointment_id: str) -> Any:
    return clinic.administrator.post("/cases", {"client_id": client_id, "name": "Individual"})


TOUCHES: dict[str, tuple[Touch, str]] = {
    "moved": (_moved, "booked"),
    "confirmed": (_confirmed, "booked"),
    "with a reason": (_with_a_reason, "booked"),
    "booked again": (_booked_again, "booked"),
    "case": (_taken_on, "used"),
}


@pytest.mark.parametrize(("touch", "why"), TOUCHES.values(), ids=TOUCHES)
def test_who_was_touched_stays_with_the_reason(clinic: Clinic, touch: Touch, why: str) -> None:
    client_id, appointment_id = imported(clinic)
    assert touch(clinic, client_id, appointment_id).status_code in (200, 201)
    change = undone(clinic, client_id)
    assert stays(clinic, change) == (([client_id], []) if why == "used" else ([], [client_id]))
    clinic.emit(decided(change, applies=False))
    assert clinic.administrator.get(f"/appointments/{appointment_id}").status_code == 200


def test_one_that_somebody_changes_while_clinical_is_asked_keeps_its_client(clinic: Clinic) -> None:
    (client_id, appointment_id), (other, _) = imported(clinic), imported(clinic, TUESDAY)
    with psycopg.connect(clinic.database.admin_url) as changing:
        changing.execute("SELECT FROM appointments WHERE id = %s FOR UPDATE", [appointment_id])
        change = undone(clinic, client_id, other)
    assert stays(clinic, change) == ([], [client_id])
    assert _moved(clinic, client_id, appointment_id).status_code == 200, "who stays is not held"


@pytest.mark.abuse("A-IMPORT-undo-while-somebody-books")
@pytest.mark.parametrize("touch", [_moved, _confirmed, _with_a_reason, _booked_again], ids=lambda touch: touch.__name__)
def test_between_the_question_and_the_deletion_nobody_touches_it(clinic: Clinic, touch: Touch) -> None:
    client_id, appointment_id = imported(clinic)
    change = undone(clinic, client_id)
    refused = touch(clinic, client_id, appointment_id)
    assert (refused.status_code, refused.json["code"]) == (409, "client_held")
    clinic.emit(decided(change, applies=False))
    assert touch(clinic, client_id, appointment_id).status_code in (200, 201), "the import is not undone"


def test_one_that_was_touched_after_the_hold_stays_and_somebody_looks_at_it(clinic: Clinic) -> None:
    (client_id, appointment_id), (other, gone) = imported(clinic), imported(clinic, TUESDAY)
    change = undone(clinic, client_id, other)
    over(clinic, client_id)
    assert _moved(clinic, client_id, appointment_id).status_code == 200
    clinic.emit(decided(change, applies=True))
    found = [clinic.administrator.get(f"/appointments/{each}").status_code for each in (appointment_id, gone)]
    assert found == [200, 404]
    (item,) = clinic.administrator.get("/work-items/clinical", kind="deleted_client_used").json["items"]
    assert item["client_id"] == client_id


def test_a_client_who_is_deleted_by_hand_has_such_an_appointment(clinic: Clinic) -> None:
    client_id, _ = imported(clinic)
    change = proposed(clinic, client_id)
    clinic.emit(change)
    assert said(clinic, change) == ["has_appointments"]
