"""The list of jobs: one's own, everybody's for Organization Administration, by state, in pages."""

from __future__ import annotations

from services.clients.tests.conftest import Desk
from shared.testing.web import ServiceClient


def started(desk: Desk, who: ServiceClient) -> str:
    body = {"staff_id": str(desk.staff("therapist").staff_id), "client_ids": [desk.add()["id"]]}
    return str(who.post("/assignments", body).json["id"])


def ids(who: ServiceClient, **query: object) -> list[str]:
    response = who.get("/jobs/clients", **query)
    assert response.status_code == 200, response.text
    return [job["id"] for job in response.json["items"]]


def test_everybody_finds_what_they_started_and_the_overseer_what_all_did(desk: Desk) -> None:
    other = desk.staff("administration")
    boss = desk.web.as_actor("organization_administration", organization_id=desk.organization_id)
    first, second, theirs = started(desk, desk.administrator), started(desk, desk.administrator), started(desk, other)
    assert ids(desk.administrator) == [second, first]
    assert ids(other) == [theirs]
    assert ids(boss) == [theirs, second, first]
    assert ids(desk.web.as_actor("organization_administration")) == []
    desk.administrator.post(f"/jobs/clients/{first}/cancel")
    assert ids(desk.administrator, state="cancelled") == [first]
    assert ids(desk.administrator, state="queued") == [second]
    assert desk.administrator.get("/jobs/clients", state="odd").status_code == 422

    page = boss.get("/jobs/clients", limit=2).json
    assert [job["id"] for job in page["items"]] == [theirs, second] and "result" not in page["items"][0]
    assert ids(boss, limit=2, cursor=page["next_cursor"]) == [first]
    read = "SELECT DISTINCT actor_id FROM audit_entries WHERE action = 'job.list' AND organization_id = %s"
    assert desk.database.rows(read, desk.organization_id) == [(boss.staff_id,)], "one's own is no sight of anybody"
    desk.database.rows("DELETE FROM job_queue RETURNING 1")
