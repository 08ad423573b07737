"""Assigning somebody to many clients comes to what assigning them one by one does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.clients.assignments.commands import assign_through_case
from services.clients.tests.conftest import STEP_ROWS, Desk
from services.clients.tests.jobs import facts, job, run_all, runner_of, started
from shared import clock
from shared.actor import ServiceActor
from shared.ids import new_id
from shared.testing.web import ServiceClient

pytestmark = pytest.mark.usefixtures("small_steps")


def test_somebody_is_assigned_to_many_clients_at_once(desk: Desk) -> None:
    clients, therapist = [desk.add(f"A{letter}")["id"] for letter in "bcdefgh"], desk.staff("therapist")
    assert desk.administrator.put(f"/clients/{clients[0]}/staff/{therapist.staff_id}").status_code == 200
    stranger = str(new_id())
    job_id = started(desk.administrator, therapist.staff_id, [*clients, stranger, clients[1]])
    assert job(desk.administrator, job_id)["state"] == "queued"
    assert runner_of(desk).do_one_step()
    half = job(desk.administrator, job_id)
    assert (half["state"], half["done"], half["total"], half["finished_at"]) == ("running", STEP_ROWS, 8, None)
    assert run_all(desk) == 2
    ended = job(desk.administrator, job_id)
    assert (ended["state"], ended["done"], ended["error"]) == ("done", 8, None)
    assert ended["counts"] == {"assigned": 6, "unchanged": 1, "refused": 1}
    assert ended["result"]["refused"] == [{"client_id": stranger, "code": "not_found"}]
    assert sorted(ended["result"]["assigned"]) == sorted(clients[1:])
    audited = desk.database.rows(
        "SELECT actor_id, outcome, rule, details ->> 'job_id' FROM audit_entries"
        " WHERE action = 'put_client_staff' AND organization_id = %s AND details ->> 'job_id' IS NOT NULL",
        desk.organization_id,
    )
    by_whom = desk.administrator.staff_id
    assert sorted(audited) == [(by_whom, "denied", "not_found", job_id), *[(by_whom, "done", "level", job_id)] * 7]
    assert desk.database.rows("SELECT 1 FROM job_queue WHERE organization_id = %s", desk.organization_id) == []


def test_what_a_single_assignment_refuses_starts_no_job(desk: Desk) -> None:
    client, therapist = desk.add()["id"], desk.staff("therapist")
    gone = desk.staff("therapist", active=False)
    restricted = desk.staff("administration", restricts_administration=True)

    def refusal(who: ServiceClient, staff_id: UUID, clients: list[str]) -> tuple[int, str]:
        response = who.post("/assignments", {"staff_id": str(staff_id), "client_ids": clients})
        return response.status_code, response.json["code"]

    assert refusal(desk.desk, therapist.staff_id, [client]) == (403, "forbidden")
    assert refusal(desk.administrator, gone.staff_id, [client]) == (409, "staff_not_active")
    assert refusal(desk.administrator, new_id(), [client]) == (404, "not_found")
    assert refusal(restricted, restricted.staff_id, [client]) == (403, "own_cases_only")
    assert refusal(desk.administrator, therapist.staff_id, []) == (422, "invalid")
    assert refusal(desk.administrator, therapist.staff_id, [str(new_id()) for _ in range(1_001)]) == (400, "unparsable")
    assert desk.database.rows("SELECT 1 FROM jobs WHERE organization_id = %s", desk.organization_id) == []


WAYS = ("new", "assigned", "through_case", "taken_off", "archived", "unknown")


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ways=st.lists(st.sampled_from(WAYS), min_size=1, max_size=7), narrowed=st.booleans())
def test_many_at_once_comes_to_what_one_after_the_other_does(desk: Desk, ways: list[str], narrowed: bool) -> None:
    who = desk.staff("therapist", grants=("assigned_only", "staff_assign")) if narrowed else desk.administrator

    def world(assign: Callable[[UUID, list[str]], None]) -> dict[str, list[tuple[Any, ...]]]:
        therapist, clients = desk.staff("therapist"), [client_in(desk, way) for way in ways]
        for way, client_id in zip(ways, clients, strict=True):
            path = f"/clients/{client_id}/staff/{therapist.staff_id}"
            if way in ("assigned", "taken_off"):
                assert desk.administrator.put(path).status_code == 200
            if way == "taken_off":
                assert desk.administrator.delete(path).status_code == 200
            if way == "through_case":
                case = (ServiceActor(desk.organization_id), UUID(client_id), therapist.staff_id, new_id(), clock.now())
                desk.worker.run(lambda s, case=case: assign_through_case(s, *case), desk.organization_id)
            if narrowed and way == "new":
                assert desk.administrator.put(f"/clients/{client_id}/staff/{who.staff_id}").status_code == 200
        assign(therapist.staff_id, clients)
        return facts(desk, clients)

    def one_by_one(staff_id: UUID, clients: list[str]) -> None:
        for client_id in clients:
            who.put(f"/clients/{client_id}/staff/{staff_id}")

    def at_once(staff_id: UUID, clients: list[str]) -> None:
        job_id = started(who, staff_id, clients)
        run_all(desk)
        assert job(who, job_id)["state"] == "done"

    assert world(at_once) == world(one_by_one)


def client_in(desk: Desk, way: str) -> str:
    if way == "unknown":
        return str(new_id())
    client_id = str(desk.add()["id"])
    if way == "archived":
        assert desk.desk.patch(f"/clients/{client_id}", {"status": "archived"}).status_code == 200
    return client_id
