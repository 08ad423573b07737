"""What somebody has open with a client is counted where something has changed, and told once where it is otherwise."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from services.clinical.open_work_counts.commands import COUNTING, KINDS, OpenWorkCounter
from services.clinical.tests.conftest import Clinic
from services.clinical.tests.test_clinical_hand_over import changed, in_days
from services.clinical.tests.test_clinical_worklist import PLAN
from shared import clock
from shared.database.session import Session, take_turns
from shared.testing.web import ServiceClient

MARKS = "SELECT count(*) FROM open_work_marks WHERE organization_id = %s"


def told(clinic: Clinic, staff: ServiceClient | None = None) -> list[tuple[int, ...]]:
    """Count all that is marked; then the version and the counts of each event of the pair, in order."""
    counter = OpenWorkCounter(clinic.worker)
    while counter.count_some():
        pass
    events: list[dict[str, Any]] = [
        row[0]
        for row in clinic.database.rows(
            "SELECT data FROM outbox WHERE type = 'clinical.open_work_counted.v1' AND organization_id = %s"
            " AND data->>'staff_id' = %s AND data->>'client_id' = %s ORDER BY id",
            str(clinic.organization_id),
            str((staff or clinic.therapist).staff_id),
            clinic.client_id,
        )
    ]
    return [(event["version"], *(event[kind] for kind in KINDS)) for event in events]


def test_a_change_is_told_once_with_the_next_version(clinic: Clinic) -> None:
    assert told(clinic) == []
    coming = clinic.book(in_days(5, 10))
    clinic.book("2026-03-02T10:00")
    assert told(clinic) == told(clinic) == [(1, 1, 0, 0, 0)]
    note = clinic.note(clinic.book("2026-03-03T10:00")["id"])
    assert told(clinic)[1:] == [(2, 1, 1, 0, 0)]
    clinic.therapist.post(f"/notes/{note['id']}/sign")
    clinic.desk.post(f"/appointments/{coming['id']}/status", {"status": "cancelled"})
    assert told(clinic)[2:] == [(3, 0, 0, 0, 0)]
    assert clinic.database.rows(MARKS, str(clinic.organization_id)) == [(0,)]


def test_a_hand_over_is_told_of_both(clinic: Clinic) -> None:
    successor = clinic.staff("therapist")
    clinic.book(in_days(5, 10))
    clinic.note(clinic.book("2026-03-03T10:00")["id"])
    told(clinic)
    body = {"client_id": clinic.client_id, "to_staff_id": str(successor.staff_id)}
    clinic.administrator.post(f"/staff/{clinic.therapist.staff_id}/hand-over-client", body)
    assert told(clinic)[-1] == (2, 0, 0, 0, 0)
    assert told(clinic, successor) == [(1, 1, 1, 0, 0)]


def test_what_waits_for_a_supervisor_goes_with_the_supervision(clinic: Clinic) -> None:
    first, second = clinic.staff("therapist"), clinic.staff("therapist")
    note = clinic.note(clinic.book("2026-03-03T10:00")["id"])

    def supervised(version: int, by: ServiceClient) -> Any:
        event = changed(clinic, clinic.therapist, version, "default", "therapist")
        return replace(event, supervisor_id=by.staff_id, supervision_mode="co_sign")

    clinic.emit(supervised(2, first))
    assert clinic.therapist.post(f"/notes/{note['id']}/submit").status_code == 200
    assert told(clinic, first) == [(1, 0, 0, 1, 0)]
    clinic.emit(supervised(3, second))
    assert (told(clinic, first)[-1], told(clinic, second)) == ((2, 0, 0, 0, 0), [(1, 0, 0, 1, 0)])


def test_plans_go_with_the_cases(clinic: Clinic) -> None:
    today = clock.now().date()
    body = {**PLAN, "effective_from": str(today), "review_on": str(today + timedelta(days=3))}
    plan = clinic.therapist.post(f"/cases/{clinic.case_id}/treatment-plans", body).json
    assert clinic.therapist.post(f"/treatment-plans/{plan['id']}/sign").status_code == 200
    assert told(clinic) == [(1, 0, 0, 0, 1)]
    clinic.therapist.patch(f"/cases/{clinic.case_id}", {"status": "closed"})
    assert told(clinic)[-1] == (2, 0, 0, 0, 0)
    clinic.therapist.patch(f"/cases/{clinic.case_id}", {"status": "open"})
    assert told(clinic)[-1] == (3, 0, 0, 0, 1)
    clinic.unassign(clinic.client_id, clinic.therapist, 2)
    assert told(clinic)[-1] == (4, 0, 0, 0, 0)


def test_it_is_counted_again_when_an_appointment_has_begun(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    clinic.book(in_days(5, 10))
    clinic.book(in_days(9, 10))
    assert told(clinic) == [(1, 2, 0, 0, 0)]
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=7))
    assert told(clinic)[1:] == [(2, 1, 0, 0, 0)]
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=11))
    assert told(clinic)[2:] == [(3, 0, 0, 0, 0)]
    assert told(clinic)[3:] == []


def test_what_is_left_after_the_assignment_stays_and_is_told(clinic: Clinic) -> None:
    """Nobody's appointment moves or ends by itself: it stays theirs, on their agenda and listed as open work."""
    coming = clinic.book(in_days(5, 10))
    note = clinic.note(clinic.book("2026-03-03T10:00")["id"])
    told(clinic)
    clinic.unassign(clinic.client_id, clinic.therapist, 2)
    work = clinic.administrator.get(f"/staff/{clinic.therapist.staff_id}/open-work", client_id=clinic.client_id).json
    assert [item["id"] for item in work["appointments"]["items"]] == [coming["id"]]
    assert (work["clients"], work["cases"], work["drafts"]["count"]) == (0, 0, 1)
    assert clinic.desk.get(f"/appointments/{coming['id']}").json["staff_id"] == str(clinic.therapist.staff_id)
    assert clinic.therapist.get(f"/notes/{note['id']}").status_code == 404
    assert note["id"] in [draft["id"] for draft in clinic.administrator.get("/orphan-drafts").json["items"]]
    assert told(clinic)[-1][1:] == (1, 1, 0, 0)


def test_whatever_happens_the_last_event_says_what_is_listed(clinic: Clinic) -> None:
    choice, booked = random.Random(12), list[str]()
    for day in range(3, 15):
        booked.append(clinic.book(in_days(day, 10))["id"])
        chosen = choice.choice(booked)
        if choice.random() < 0.5:
            status = choice.choice(("cancelled", "booked", "confirmed"))
            clinic.desk.post(f"/appointments/{chosen}/status", {"status": status, "reason": "x"})
        if choice.random() < 0.5:
            told(clinic)
    events = told(clinic)
    path = f"/staff/{clinic.therapist.staff_id}/open-work"
    assert events[-1][1] == clinic.administrator.get(path, client_id=clinic.client_id).json["appointments"]["count"]
    assert [event[0] for event in events] == list(range(1, len(events) + 1))


def test_of_two_counters_one_counts(clinic: Clinic) -> None:
    clinic.book(in_days(5, 10))

    def inside(session: Session) -> int:
        take_turns(session, COUNTING)
        session.scalar(select(1))  # the turn is taken with the next statement
        return OpenWorkCounter(clinic.worker).count_some()

    assert clinic.worker.run(inside) == 0
    assert told(clinic) == [(1, 1, 0, 0, 0)]
