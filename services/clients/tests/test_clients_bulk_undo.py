"""Undoing an assignment of many clients: what it did itself and nobody changed since, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services.clients.assignments.commands import assign_through_case
from services.clients.bulk_assignments import undo
from services.clients.tests.conftest import Desk
from services.clients.tests.jobs import PLACES, job, killed_at, lease_is_over, run_all, started
from shared import clock
from shared.actor import ServiceActor
from shared.contracts.clinical import OpenWorkCounted
from shared.ids import new_id
from shared.testing.web import Keys, ServiceClient

pytestmark = pytest.mark.usefixtures("small_steps")


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(undo, "STEP_ROWS_MAX", 3)


def undone(desk: Desk, who: ServiceClient, job_id: str) -> dict[str, Any]:
    begun = who.post(f"/jobs/clients/{job_id}/undo")
    assert begun.status_code == 202, begun.text
    run_all(desk)
    return dict(job(who, begun.json["id"]))


def team(desk: Desk, client_id: str) -> list[str]:
    return [each["staff_id"] for each in desk.administrator.get(f"/clients/{client_id}/staff").json["items"]]


def test_what_nobody_changed_since_is_taken_back_and_twice_without_effect(desk: Desk) -> None:
    therapist, who = desk.staff("therapist"), desk.administrator
    before, case, busy, again, *plain = [desk.add(f"A{letter}")["id"] for letter in "bcdefgh"]
    path = f"/staff/{therapist.staff_id}"
    assert who.put(f"/clients/{before}{path}").status_code == 200
    joined = (ServiceActor(desk.organization_id), UUID(case), therapist.staff_id, new_id(), clock.now())
    desk.worker.run(lambda s: assign_through_case(s, *joined), desk.organization_id)
    job_id = started(who, therapist.staff_id, [before, case, busy, again, *plain])
    assert who.post(f"/jobs/clients/{job_id}/undo").json["code"] == "assignment_under_way"
    run_all(desk)
    counted = {"appointments": 1, "drafts": 0, "to_review": 0, "plans_due": 0}
    desk.emit(OpenWorkCounted(desk.organization_id, UUID(busy), therapist.staff_id, 1, **counted))
    assert who.delete(f"/clients/{again}{path}").status_code in (200, 204)
    assert who.put(f"/clients/{again}{path}").status_code == 200
    ended = undone(desk, who, job_id)
    assert (ended["state"], ended["counts"]) == ("done", {"taken_off": 3, "kept": 3})
    why = {row["client_id"]: row["code"] for row in ended["result"]["kept"]}
    assert why == {case: "assigned_before", busy: "open_work", again: "changed_since"}
    assert sorted(ended["result"]["taken_off"]) == sorted(plain)
    assert [team(desk, each) for each in plain] == [[], [], []]
    for kept in (before, case, busy, again):
        assert team(desk, kept) == [str(therapist.staff_id)]
    audited = desk.database.rows(
        "SELECT count(*) FROM audit_entries WHERE action = 'delete_client_staff' AND organization_id = %s"
        " AND details ->> 'job_id' IS NOT NULL",
        desk.organization_id,
    )
    assert audited == [(3,)]
    repeated = undone(desk, who, job_id)
    assert repeated["counts"] == {"taken_off": 0, "kept": 6}
    for kept in (before, case, busy, again):
        assert team(desk, kept) == [str(therapist.staff_id)]


def test_only_an_assignment_that_assigned_somebody_and_only_ones_own(desk: Desk) -> None:
    therapist, who, client = desk.staff("therapist"), desk.administrator, desk.add()["id"]
    assert who.put(f"/clients/{client}/staff/{therapist.staff_id}").status_code == 200
    nothing = started(who, therapist.staff_id, [client])
    run_all(desk)
    refused = who.post(f"/jobs/clients/{nothing}/undo")
    assert (refused.status_code, refused.json["code"]) == (409, "nothing_assigned")
    own = started(who, therapist.staff_id, [desk.add("Bea")["id"]])
    run_all(desk)
    colleague = desk.staff("administration")
    assert colleague.post(f"/jobs/clients/{own}/undo").status_code == 404
    of_undoing = undone(desk, who, own)["id"]
    assert who.post(f"/jobs/clients/{of_undoing}/undo").status_code == 404
    assert desk.desk.post(f"/jobs/clients/{own}/undo").status_code == 403


@pytest.mark.parametrize("place", PLACES)
def test_killed_there_it_ends_as_if_nothing_had_happened(desk: Desk, keys: Keys, tmp_path: Path, place: str) -> None:
    therapist, who = desk.staff("therapist"), desk.administrator
    clients = [desk.add(f"A{letter}")["id"] for letter in "bcdefgh"]
    job_id = started(who, therapist.staff_id, clients)
    run_all(desk)
    begun = who.post(f"/jobs/clients/{job_id}/undo").json["id"]
    killed_at(place, desk, tmp_path, keys)
    assert job(who, begun)["done"] == (3 if place == "job.after_commit" else 0)
    lease_is_over(desk)
    run_all(desk)
    ended = job(who, begun)
    assert (ended["state"], ended["counts"]) == ("done", {"taken_off": 7, "kept": 0})
    assert [team(desk, each) for each in clients] == [[]] * 7
    found = desk.database.rows("SELECT version FROM assignments WHERE staff_id = %s AND NOT active", therapist.staff_id)
    assert found == [(2,)] * 7, "each is taken off once"
