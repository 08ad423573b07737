"""Clients who are archived: nobody new is assigned to them, one by one or by a job."""

from __future__ import annotations

from services.clients.bulk_assignments import commands as bulk
from services.clients.tests.conftest import Desk
from shared.jobs.runner import Runner


def test_nobody_is_assigned_to_an_archived_client_alone_or_with_many(desk: Desk) -> None:
    archived, active, therapist = str(desk.add()["id"]), str(desk.add()["id"]), desk.staff("therapist")
    assert desk.desk.patch(f"/clients/{archived}", {"status": "archived"}).status_code == 200
    refused = desk.administrator.put(f"/clients/{archived}/staff/{therapist.staff_id}")
    assert (refused.status_code, refused.json["code"]) == (409, "client_archived")
    body = {"staff_id": str(therapist.staff_id), "client_ids": [archived, active]}
    job_id = desk.administrator.post("/assignments", body).json["id"]
    assert Runner("clients", desk.worker, desk.database.url("worker"), (bulk.ASSIGN_STAFF,)).do_one_step()
    ended = desk.administrator.get(f"/jobs/clients/{job_id}").json
    assert ended["counts"] == {"assigned": 1, "unchanged": 0, "refused": 1}
    assert ended["result"] == {
        "assigned": [active],
        "refused": [{"client_id": archived, "code": "client_archived"}],
    }
