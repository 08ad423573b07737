"""Clinical books what clients asks for by the rules of booking by hand, once, and says what became of it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services.clinical.requested_bookings.commands import ATTEMPTS_MAX, BookingDesk
from services.clinical.tests.conftest import Clinic
from services.clinical.tests.test_clinical_client_changes import decided, proposed
from services.clinical.tests.test_clinical_opening_hours import opened
from shared import clock
from shared.contracts.clients import AppointmentRequested, ClientChanged
from shared.contracts.clinical import AppointmentAnswered
from shared.ids import new_id
from shared.testing.events import apply
from shared.testing.web import Keys, ServiceClient

ROOT = Path(__file__).parents[3]
NEW_YORK = "America/New_York"
PLACES = ("booking.answered",)
# A weekday within ten years, at an hour at which the practice of these tests is open.
MONDAY = "2027-02-01T10:00"

pytestmark = pytest.mark.usefixtures("no_waiting")


def request(clinic: Clinic, start: str = MONDAY, by: ServiceClient | None = None, **more: Any) -> AppointmentRequested:
    starts_at = clock.local_to_utc(datetime.fromisoformat(start), NEW_YORK)
    by_id = (by or clinic.administrator).staff_id
    asked_for = AppointmentRequested(
        organization_id=clinic.organization_id,
        request_id=new_id(),
        version=1,
        import_id=new_id(),
        row=2,
        client_id=UUID(clinic.client_id),
        staff_id=clinic.therapist.staff_id,
        starts_at=starts_at,
        time_zone=NEW_YORK,
        by_staff_id=by_id,
    )
    return replace(asked_for, **more)


def work_off(clinic: Clinic) -> None:
    desk = BookingDesk(clinic.worker)
    while desk.book_one():
        pass


def answers(clinic: Clinic, *requests: AppointmentRequested) -> list[str | None]:
    """Have these booked; the code of each answer, None where it was booked."""
    apply("clinical", clinic.worker, *requests)
    work_off(clinic)
    return [answer_to(clinic, each)["code"] for each in requests]


def answer_to(clinic: Clinic, of: AppointmentRequested) -> dict[str, Any]:
    rows = clinic.database.rows(
        "SELECT data FROM outbox WHERE type = 'clinical.appointment_answered.v1' AND aggregate_id = %s", of.request_id
    )
    ((data,),) = rows
    return dict(data)


def agenda(clinic: Clinic, client_id: str | None = None) -> list[dict[str, Any]]:
    path = f"/clients/{client_id or clinic.client_id}/appointments"
    return list(clinic.administrator.get(path).json["items"])


def test_it_is_booked_as_by_hand_in_the_name_of_who_imports(clinic: Clinic) -> None:
    asked_for = request(clinic)
    assert answers(clinic, asked_for) == [None]
    response = answer_to(clinic, asked_for)
    sent = AppointmentAnswered(**{name: response[name] for name in AppointmentAnswered.__slots__})
    assert (sent.import_id, sent.row, sent.client_id) == (str(asked_for.import_id), 2, clinic.client_id)
    booked = clinic.administrator.get(f"/appointments/{sent.appointment_id}").json
    assert {name: booked[name] for name in ("starts_at_local", "duration_minutes", "service_type_id", "status")} == {
        "starts_at_local": MONDAY,
        "duration_minutes": 60,
        "service_type_id": clinic.service_type_id,
        "status": "booked",
    }
    audited = clinic.database.rows(
        "SELECT actor_id, client_id::text, details->>'request_id' FROM audit_entries WHERE object_id = %s"
        " AND action = 'post_appointment'",
        UUID(sent.appointment_id),
    )
    assert audited == [(clinic.administrator.staff_id, clinic.client_id, str(asked_for.request_id))]


def test_each_rule_of_booking_refuses_with_its_code_and_nothing_is_booked(clinic: Clinic) -> None:
    opened(clinic)
    clinic.book(MONDAY)
    archived, other = clinic.client(), UUID(clinic.client(clinic.therapist))
    clinic.emit(ClientChanged(clinic.organization_id, UUID(archived), 2, "Ada Client", "archived"))
    refused = {
        "staff_busy": request(clinic, client_id=other),
        "outside_hours": request(clinic, "2027-02-02T20:00"),
        "archived": request(clinic, client_id=UUID(archived)),
        "cannot_document": request(clinic, "2027-02-04T10:00", staff_id=clinic.desk.staff_id),
        "out_of_span": request(clinic, "2040-02-01T10:00"),
        "not_active": request(clinic, "2027-02-03T10:00", staff_id=clinic.staff("therapist", active=False).staff_id),
        "unknown": request(clinic, "2027-02-03T10:00", service_type_id=UUID(int=7)),
    }
    assert answers(clinic, *refused.values()) == list(refused)
    assert len(agenda(clinic)) == 1
    clinic.service("90834", 45)
    assert answers(clinic, request(clinic, "2027-02-03T10:00")) == ["service_not_chosen"]
    chosen = request(clinic, "2027-02-03T10:00", service_type_id=UUID(clinic.service_type_id))
    assert answers(clinic, chosen) == [None]


def test_who_has_left_books_nothing_and_it_is_on_record(clinic: Clinic) -> None:
    left = clinic.staff("administration", active=False)
    asked_for = request(clinic, by=left)
    assert answers(clinic, asked_for) == ["permission_needed"]
    denied = clinic.database.rows(
        "SELECT outcome, details->>'request_id' FROM audit_entries WHERE actor_id = %s AND action = 'post_appointment'",
        left.staff_id,
    )
    assert denied == [("denied", str(asked_for.request_id))]
    assert agenda(clinic) == []
    program = request(clinic, by_staff_id=None, by_program_id=new_id())
    assert answers(clinic, program) == [None], "what a program may do, clients knows"


def test_a_client_who_is_held_is_booked_later_and_who_is_gone_never(clinic: Clinic) -> None:
    held = clinic.client(clinic.therapist)
    change = proposed(clinic, held)
    clinic.emit(change)
    asked_for = request(clinic, client_id=UUID(held))
    clinic.emit(asked_for)
    work_off(clinic)
    waits = "SELECT attempts, answered_at FROM requested_bookings WHERE id = %s"
    assert clinic.database.rows(waits, asked_for.request_id) == [(1, None)]
    clinic.emit(decided(change, applies=True))
    due(clinic)
    work_off(clinic)
    assert answer_to(clinic, asked_for)["code"] == "unknown"


def test_after_many_failures_it_is_given_up_and_said_so(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr("services.clinical.requested_bookings.commands.book_appointment", broken)
    asked_for = request(clinic)
    clinic.emit(asked_for)
    for _ in range(ATTEMPTS_MAX):
        due(clinic)
        assert BookingDesk(clinic.worker).book_one() == 1
    assert answer_to(clinic, asked_for)["code"] == "not_booked"


def due(clinic: Clinic) -> None:
    """What the passing of time does for a lease, or for a request that is tried again."""
    clinic.database.rows(
        "UPDATE requested_bookings SET next_try_at = now() WHERE organization_id = %s RETURNING 1",
        clinic.organization_id,
    )


BOOK_ONE = """
import os
from pathlib import Path
from services.clinical.app import SERVICE
from services.clinical.requested_bookings.commands import BookingDesk
from shared.keys import bus
bus.use(Path(os.environ["BUS_KEYS_DIR"]))
BookingDesk(SERVICE.database(os.environ["URL"])).book_one()
"""


@pytest.mark.parametrize("place", PLACES)
def test_killed_there_it_is_booked_once_after_the_lease(clinic: Clinic, tmp_path: Path, keys: Keys, place: str) -> None:
    asked_for = request(clinic)
    clinic.emit(asked_for)
    (tmp_path / "armed").write_text(place, encoding="utf-8")
    environment = {
        "PATH": "/usr/bin:/bin",
        "URL": clinic.database.url("worker"),
        "FAILPOINT": str(tmp_path / "armed"),
        "BUS_KEYS_DIR": str(keys.bus),
    }
    killed = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", BOOK_ONE], cwd=ROOT, env=environment, timeout=60, check=False
    )
    assert killed.returncode == -9
    assert agenda(clinic) == []
    work_off(clinic)
    assert agenda(clinic) == [], "the lease is not over"
    due(clinic)
    work_off(clinic)
    assert answer_to(clinic, asked_for)["code"] is None and len(agenda(clinic)) == 1
