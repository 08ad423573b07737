"""What becomes of an appointment is kept: each status, who set it, when and why, and why a conflict was accepted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.clinical.agenda.rules import STATUSES
from services.clinical.tests.conftest import SOAP, Clinic
from shared import clock

NOTE = {"template": "soap", "content": SOAP}


def history(clinic: Clinic, appointment: dict[str, Any]) -> list[dict[str, Any]]:
    response = clinic.desk.get(f"/appointments/{appointment['id']}/history")
    assert response.status_code == 200, response.text
    return list(response.json["items"])


def test_the_history_says_who_did_what_and_why(clinic: Clinic) -> None:
    booked = clinic.book("2026-10-06T10:00")
    path = f"/appointments/{booked['id']}/status"
    clinic.desk.post(path, {"status": "no_show", "reason": "Nobody at the door."})
    clinic.administrator.post(path, {"status": "booked"})
    clinic.note(booked["id"])
    lines = history(clinic, booked)
    assert [(line["status"], line["reason"]) for line in lines] == [
        ("booked", None),
        ("no_show", "Nobody at the door."),
        ("booked", None),
        ("arrived", None),
    ]
    people = [clinic.desk, clinic.desk, clinic.administrator, clinic.therapist]
    assert [line["by"] for line in lines] == [str(person.staff_id) for person in people]
    assert all(line["at"].endswith("Z") and line["changes"] == {} for line in lines)
    assert clinic.desk.get(f"/appointments/{booked['id']}").json["status_reason"] is None


@pytest.mark.abuse("A-LOG-reason-lost")
@pytest.mark.parametrize("status", ["booked", "confirmed", "arrived", "no_show", "late_cancelled", "cancelled"])
def test_a_reason_is_kept_with_an_unchanged_status(clinic: Clinic, status: str) -> None:
    booked = clinic.book("2026-10-06T10:00")
    path = f"/appointments/{booked['id']}/status"
    before = clinic.desk.post(path, {"status": status}).json
    kept = clinic.desk.post(path, {"status": status, "reason": "Called us."}).json
    assert kept["status_reason"] == "Called us." and kept["version"] == before["version"] + 1
    assert history(clinic, booked)[-1]["reason"] == "Called us."
    for nothing_new in ({"status": status}, {"status": status, "reason": "Called us."}):
        assert clinic.desk.post(path, nothing_new).json == kept
    assert sum(line["reason"] is not None for line in history(clinic, booked)) == 1


def test_why_a_conflict_was_accepted_is_readable_where_it_counts_and_on_record(clinic: Clinic) -> None:
    first = clinic.book("2026-10-06T10:00")
    override = {"override": {"reason": "Both want it."}}
    second = clinic.administrator.post("/appointments", clinic.booking("2026-10-06T10:00", **override)).json
    assert second["override_reason"] == "Both want it."
    assert clinic.desk.get(f"/appointments/{second['id']}").json["override_reason"] == "Both want it."
    assert history(clinic, second)[0]["override_reason"] == "Both want it."
    assert clinic.desk.get(f"/appointments/{first['id']}").json["override_reason"] is None
    ((details,),) = clinic.database.rows(
        "SELECT details FROM audit_entries WHERE action = 'post_appointment' AND object_id = %s", second["id"]
    )
    assert details["overrode"] == [first["id"]]


def test_a_history_is_of_those_who_see_the_appointment(clinic: Clinic) -> None:
    booked = clinic.book("2026-10-06T10:00")
    narrowed = clinic.staff("therapist", grants=("assigned_only",))
    assert narrowed.get(f"/appointments/{booked['id']}/history").status_code == 404


FUTURE = f"{clock.now() + timedelta(days=100):%Y-%m-%d}T09:00"


@pytest.mark.abuse("A-MONEY-not-taken-place")
@pytest.mark.parametrize("status", sorted(STATUSES))
def test_before_it_begins_nobody_has_come_or_stayed_away(clinic: Clinic, status: str) -> None:
    booked = clinic.desk.get(f"/appointments/{clinic.book(FUTURE)['id']}").json
    response = clinic.desk.post(f"/appointments/{booked['id']}/status", {"status": status})
    if status in ("arrived", "no_show"):
        assert (response.status_code, response.json["code"]) == (409, "not_started")
        assert response.json["errors"][0]["value"] == booked["starts_at"]
        assert clinic.desk.get(f"/appointments/{booked['id']}").json == booked
    else:
        assert response.status_code == 200


def test_a_draft_written_ahead_leaves_it_booked_until_it_begins(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    edited, signed = clinic.book(FUTURE), clinic.book(FUTURE.replace("T09", "T11"))
    ahead = [clinic.note(appointment["id"])["id"] for appointment in (edited, signed)]

    def statuses() -> list[str]:
        return [
            clinic.desk.get(f"/appointments/{appointment['id']}").json["status"] for appointment in (edited, signed)
        ]

    assert clinic.therapist.patch(f"/notes/{ahead[0]}", {"minutes": 50}).status_code == 200
    assert clinic.therapist.post(f"/notes/{ahead[1]}/sign").json["code"] == "not_started"
    assert statuses() == ["booked", "booked"]
    later = clock.now() + timedelta(days=101)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert clinic.therapist.patch(f"/notes/{ahead[0]}", {"minutes": 49}).status_code == 200
    assert clinic.therapist.post(f"/notes/{ahead[1]}/sign").status_code == 200
    assert statuses() == ["arrived", "arrived"]


@pytest.mark.abuse("A-MONEY-not-taken-place")
@pytest.mark.parametrize("status", ["no_show", "late_cancelled", "cancelled"])
def test_nothing_is_written_about_what_did_not_take_place(clinic: Clinic, status: str) -> None:
    booked = clinic.book("2026-10-06T10:00")
    clinic.desk.post(f"/appointments/{booked['id']}/status", {"status": status})
    refused = clinic.therapist.post(f"/appointments/{booked['id']}/notes", NOTE | {"client_id": clinic.client_id})
    assert (refused.status_code, refused.json["code"]) == (409, "not_attended")
    assert refused.json["errors"][0]["value"] == status
    assert clinic.desk.get(f"/appointments/{booked['id']}").json["status"] == status
