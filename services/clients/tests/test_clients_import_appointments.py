"""A column of a file says when a client comes next: read, asked of clinical, and told on the row."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from services.clients.client_import.appointments import moment_of
from services.clients.tests.conftest import Desk
from services.clients.tests.jobs import run_all
from services.clients.tests.test_clients_import import imported, read, rows_of, upload
from services.clients.tests.test_clients_import_therapists import hire
from services.clients.tests.test_clients_import_undone import run_undo, told
from shared.contracts.clinical import AppointmentAnswered
from shared.contracts.identity import OrganizationChanged
from shared.ids import new_id

HEAD = "First Name,Last Name,Date of Birth,Primary Clinician,Next Appointment\n"


def table(*cells: str, therapist: str = "Zoë Müller") -> str:
    return HEAD + "".join(
        f'P{number},Quint,19{60 + number}-01-01,{therapist},"{cell}"\n' for number, cell in enumerate(cells, 1)
    )


@pytest.fixture(autouse=True)
def practice(desk: Desk) -> None:
    desk.emit(OrganizationChanged(desk.organization_id, 2, "Practice", "America/New_York"))


def codes(rows: list[dict[str, Any]]) -> list[str | None]:
    return [row["errors"][0]["code"] if row["errors"] else None for row in rows]


def answer(desk: Desk, asked_for: dict[str, Any], code: str | None = None) -> str | None:
    """Clinical answers; the id of the appointment that it booked."""
    appointment_id = None if code else new_id()
    ids = (UUID(asked_for[name]) for name in ("organization_id", "request_id"))
    of_row = UUID(asked_for["import_id"]), asked_for["row"], UUID(asked_for["client_id"])
    desk.emit(AppointmentAnswered(*ids, 1, *of_row, appointment_id, code))
    return str(appointment_id) if appointment_id else None


def test_what_can_be_booked_is_asked_for_once_and_the_row_says_what_came_of_it(desk: Desk) -> None:
    zoe, service_id = hire(desk, "Zoë Müller"), str(new_id())
    good = ("3/14/2037 2:30 PM", "2037-03-15T09:00")
    bad = {"3/14/2037": "no_time", "soon": "invalid", "1/5/2024 2:30 PM": "gone_by"}
    checked = imported(desk, table(*good, *bad, "none", ""), next_appointment_service_id=service_id)
    assert (checked["ignored_columns"], checked["next_appointment_service_id"]) == ([], service_id)
    assert (checked["counts"]["created"], checked["counts"]["created_with_problem"]) == (4, 3)
    assert codes(rows_of(desk, checked, result="would_create_with_problem")) == list(bad.values())
    assert told(desk, "appointment_requested") == [], "nothing is asked for yet"
    desk.administrator.post(f"/client-imports/{checked['id']}/commit")
    run_all(desk)
    assert read(desk, checked)["counts"]["bookings_waiting"] == 2
    asked_for = told(desk, "appointment_requested")
    added = {row["row"]: row for row in rows_of(desk, checked, result="created")}
    at = ["2037-03-14T18:30:00+00:00", "2037-03-15T13:00:00+00:00"]
    assert [(each["row"], each["starts_at"], each["staff_id"]) for each in asked_for] == [
        (2, at[0], zoe),
        (3, at[1], zoe),
    ]
    assert {each["service_type_id"] for each in asked_for} == {service_id}
    assert [each["client_id"] for each in asked_for] == [added[2]["client_id"], added[3]["client_id"]]
    assert "Quint" not in str(asked_for), "no name on the bus"

    booked = answer(desk, asked_for[0])
    for code in ("staff_busy", "another"):
        answer(desk, asked_for[1], code)
    assert answer(desk, {**asked_for[0], "client_id": asked_for[1]["client_id"]}) != booked
    first, second = rows_of(desk, checked)[:2]
    assert (first["result"], first["booking"], first["appointment_id"]) == ("created", "booked", booked)
    assert (second["result"], second["booking"], second["appointment_id"]) == ("created_with_problem", "refused", None)
    assert [(error["field"], error["code"]) for error in second["errors"]] == [("next_appointment", "staff_busy")]
    counts = read(desk, checked)["counts"]
    assert (counts["bookings_waiting"], counts["created"], counts["created_with_problem"]) == (0, 3, 4)
    errors = desk.administrator.get(f"/client-imports/{checked['id']}/errors.csv").text
    assert "Not booked: the therapist has an appointment at that time." in errors


def test_without_a_therapist_only_somebody_who_works_alone_books_for_themselves(desk: Desk) -> None:
    file = table("3/14/2037 2:30 PM", therapist="")
    several = imported(desk, file, dry_run="false")
    assert codes(rows_of(desk, several)) == ["no_therapist"]
    desk.database.rows(
        "UPDATE staff_copies SET active = false WHERE organization_id = %s RETURNING 1", desk.organization_id
    )
    own = desk.web.as_actor("administration", organization_id=desk.organization_id, staff_id=UUID(hire(desk, "Sole")))
    alone = upload(own, file.replace(",196", ",195"), dry_run="false")
    run_all(desk)
    assert codes(rows_of(desk, alone)) == [None]
    (asked_for,) = told(desk, "appointment_requested")
    assert asked_for["staff_id"] == asked_for["by_staff_id"] == str(own.staff_id)
    assert asked_for["by_program_id"] is asked_for["service_type_id"] is None


@pytest.mark.abuse("A-IMPORT-books")
def test_the_column_acts_only_for_who_may_book_by_hand(desk: Desk) -> None:
    hire(desk, "Zoë Müller")
    may = ("client_imports:manage", "clients:read", "assignments:change")
    program = desk.web.as_program(*may, organization_id=desk.organization_id)
    chosen = '{"Next Appointment": "next_appointment"}'
    begun = upload(program, table("3/14/2037 2:30 PM"), dry_run="false", mapping=chosen)
    run_all(desk)
    assert begun["ignored_columns"] == [{"column": "Next Appointment", "reason": "not_allowed"}]
    (row,) = rows_of(desk, begun)
    assert (row["result"], row["booking"], row["next_appointment_at"]) == ("created", None, None)
    assert told(desk, "appointment_requested") == []
    books = desk.web.as_program(*may, "appointments:create", organization_id=desk.organization_id)
    upload(books, table("3/14/2037 2:30 PM").replace(",196", ",195"), dry_run="false")
    run_all(desk)
    (asked_for,) = told(desk, "appointment_requested")
    assert (asked_for["by_staff_id"], asked_for["by_program_id"]) == (None, str(books.actor.actor_id))


def test_what_was_booked_goes_with_its_client_when_the_import_is_undone_and_is_counted(desk: Desk) -> None:
    hire(desk, "Zoë Müller")
    done = imported(desk, table("3/14/2037 2:30 PM", "3/15/2037 9:00", "3/16/2037 9:00", ""), dry_run="false")
    first, second, third = told(desk, "appointment_requested")
    booked = [answer(desk, first), answer(desk, second)]
    answer(desk, third, "staff_busy")
    assert desk.administrator.post(f"/client-imports/{done['id']}/undo").status_code == 202
    run_undo(desk, booked=frozenset({second["client_id"]}))
    counts = read(desk, done)["counts"]
    assert (counts["removed"], counts["kept"], counts["bookings_taken_back"]) == (3, 1, 1)
    found = [(row["result"], row["booking"], row["appointment_id"]) for row in rows_of(desk, done)]
    assert found == [
        ("removed", "taken_back", None),
        ("kept", "booked", booked[1]),
        ("removed", None, None),
        ("removed", None, None),
    ]


def test_the_service_is_chosen_with_the_mapping(desk: Desk) -> None:
    hire(desk, "Zoë Müller")
    checked, service_id = imported(desk, table("14/3/2037, 14:30", "15/3/2037, 9:00")), str(new_id())
    path = f"/client-imports/{checked['id']}"
    body = {"mapping": {"Primary Clinician": "therapist"}, "next_appointment_service_id": service_id}
    changed = desk.administrator.put(f"{path}/mapping", body)
    assert (changed.status_code, changed.json["next_appointment_service_id"]) == (202, service_id)
    refused = desk.administrator.put(f"{path}/mapping", {**body, "next_appointment_service_id": "x"})
    assert refused.status_code == 422
    run_all(desk)
    assert [row["next_appointment_at"] for row in rows_of(desk, checked)] == [
        "2037-03-14T18:30:00Z",
        "2037-03-15T13:00:00Z",
    ]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2027-03-14 14:30:00", "2027-03-14T14:30:00"),
        ("2027-03-14T14:30:00", "2027-03-14T14:30:00"),
        ("2027-03-14T14:30:00Z", "2027-03-14T14:30:00+00:00"),
        ("2027-03-14 14:30-0500", "2027-03-14T14:30:00-05:00"),
        ("03/14/2027 02:30 PM - 03:20 PM", "2027-03-14T14:30:00"),
        ("3/14/27 2pm", "2027-03-14T14:00:00"),
        ("Mar 14, 2027 12:05 AM", "2027-03-14T00:05:00"),
        ("Sunday, March 14, 2027 at 9:00 a.m.", "2027-03-14T09:00:00"),
        ("14 Mar 2027, 14:30", "2027-03-14T14:30:00"),
        ("3/14/2027", "2027-03-14"),
        *((text, "") for text in ("", "soon", "13:00", "2/30/2027 9:00 AM", "3/14/2027 25:00", "3/14/2027 13 pm")),
        ("3/14/2027 9:00 AM" + " " * 90, ""),
    ],
)
def test_a_moment_is_read_in_the_ways_that_lists_write_it(text: str, meant: str) -> None:
    found = moment_of(text, day_first=False, today=date(2026, 5, 1))
    assert (found.isoformat() if found else "") == meant
