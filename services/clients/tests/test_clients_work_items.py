"""Notices: who started an assignment of many clients hears of those that it did not reach."""

from __future__ import annotations

from typing import Any

import pytest

from services.clients.tests.conftest import Desk
from services.clients.tests.jobs import job, queued, run_all, started
from shared.database.session import Session
from shared.ids import new_id
from shared.jobs.kinds import Kind, Step, Work
from shared.testing.web import ServiceClient

pytestmark = pytest.mark.usefixtures("small_steps")
ITEMS = "/work-items/clients"


def notices(who: ServiceClient, **query: str) -> list[dict[str, Any]]:
    response = who.get(ITEMS, **query)
    assert response.status_code == 200, response.text
    return list(response.json["items"])


def refused_job(desk: Desk, who: ServiceClient) -> str:
    """An assignment of two clients of which nobody knows the second."""
    job_id = started(who, desk.staff("therapist").staff_id, [desk.add()["id"], str(new_id())])
    run_all(desk)
    assert job(who, job_id)["counts"] == {"assigned": 1, "unchanged": 0, "refused": 1}
    return job_id


def test_the_starter_is_told_of_refusals_and_nobody_else(desk: Desk) -> None:
    boss = desk.administrator
    job_id = refused_job(desk, boss)
    (notice,) = notices(boss)
    assert (notice["kind"], notice["matter"], notice["level"]) == ("notice", "assignments_refused", None)
    assert notice["subject"] == {"type": "job", "id": job_id}
    assert (notice["assignee_id"], notice["client_id"], notice["due_on"]) == (str(boss.staff_id), None, None)
    assert notices(boss, assignee="me", kind="notice") == [notice]
    assert notices(boss, assignee="team") == [] == notices(boss, assignee="none")
    colleague = desk.staff("administration")
    chief = desk.web.as_actor("organization_administration", organization_id=desk.organization_id)
    stranger = desk.web.as_actor("administration", staff_id=boss.staff_id, organization_id=new_id())
    for other in (colleague, chief, desk.desk, stranger):
        assert notices(other) == []
        assert other.get(f"{ITEMS}/{notice['id']}").status_code == 404
        assert other.patch(f"{ITEMS}/{notice['id']}", {"state": "done"}).status_code == 404
    given = boss.patch(f"{ITEMS}/{notice['id']}", {"assignee_id": str(colleague.staff_id)})
    assert (given.status_code, given.json["code"]) == (409, "own_notice")
    assert boss.get(f"{ITEMS}/count").json == {"mine": 1}
    assert boss.patch(f"{ITEMS}/{notice['id']}", {"state": "done"}).status_code == 200
    assert notices(boss) == [] and boss.get(f"{ITEMS}/count").json == {"mine": 0}
    assert boss.patch(f"{ITEMS}/{notice['id']}", {"state": "open"}).json["done_at"] is None


def test_a_job_that_reached_everybody_says_nothing_and_neither_does_a_programs(desk: Desk) -> None:
    started(desk.administrator, desk.staff("therapist").staff_id, [desk.add()["id"]])
    program = desk.web.as_program("assignments:change", "jobs:read", organization_id=desk.organization_id)
    refused_job(desk, program)
    rows = "SELECT count(*) FROM work_items WHERE organization_id = %s"
    assert desk.database.rows(rows, desk.organization_id) == [(0,)]


def test_a_kind_of_job_hears_once_of_its_end_and_of_its_failure(desk: Desk) -> None:
    heard: list[str] = []

    def step(_session: Session, work: Work) -> Step:
        if work.input["client_ids"]:
            return Step(1, "1" if work.cursor is None else None)
        raise desk_is_closed

    desk_is_closed = LookupError("a fault of ours")
    kind = Kind("counted", "assignments:change", lambda given: 2, step, lambda _session, row: heard.append(row.state))
    queued(desk, kind, {"client_ids": ["x"]})
    run_all(desk, kind)
    assert heard == ["done"]
    queued(desk, kind, {"client_ids": []})
    for _ in range(5):
        desk.database.rows("UPDATE job_queue SET next_at = now() RETURNING 1")
        run_all(desk, kind)
    assert heard == ["done", "failed"]
