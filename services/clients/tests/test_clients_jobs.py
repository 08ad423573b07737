"""How a job is run, resumed, cancelled and kept to its lease, and who sees it."""

from __future__ import annotations

import threading
from pathlib import Path
from uuid import UUID

import pytest
from prometheus_client import REGISTRY

from services.clients.bulk_assignments import commands as bulk
from services.clients.tests.conftest import STEP_ROWS, Desk
from services.clients.tests.jobs import (
    PLACES,
    facts,
    job,
    killed_at,
    lease_is_over,
    queued,
    run_all,
    runner_of,
    started,
)
from shared.database.purge import Purge
from shared.database.session import Session
from shared.ids import new_id
from shared.jobs import commands, kinds, runner
from shared.jobs.kinds import Kind, Step, Work
from shared.jobs.metrics import JobCollector
from shared.jobs.tables import EXPIRED
from shared.testing.web import Keys, ServiceClient

pytestmark = pytest.mark.usefixtures("small_steps")


def test_only_who_started_a_job_and_organization_administration_see_it(desk: Desk) -> None:
    client, therapist = desk.add()["id"], desk.staff("therapist")
    job_id = started(desk.administrator, therapist.staff_id, [client])
    boss = desk.web.as_actor("organization_administration", organization_id=desk.organization_id)
    others = (desk.staff("administration"), desk.web.as_actor("organization_administration"))
    for other in others:
        assert other.get(f"/jobs/clients/{job_id}").status_code == 404
        assert other.post(f"/jobs/clients/{job_id}/cancel").status_code == 404
    read = "SELECT actor_id FROM audit_entries WHERE action = 'job.read' AND outcome = 'done' AND object_id = %s"
    assert job(desk.administrator, job_id)["started_by"] == str(desk.administrator.staff_id)
    assert desk.database.rows(read, UUID(job_id)) == [], "one's own is no sight of anybody"
    assert job(boss, job_id)["id"] == job_id
    assert desk.database.rows(read, UUID(job_id)) == [(boss.staff_id,)]
    assert boss.post(f"/jobs/clients/{job_id}/cancel").json["state"] == "cancelled"
    program = desk.web.as_program("assignments:change", "jobs:read", organization_id=desk.organization_id)
    own = started(program, therapist.staff_id, [client])
    run_all(desk)
    assert job(program, own)["counts"]["assigned"] == 1
    assert program.get(f"/jobs/clients/{job_id}").status_code == 404


def test_a_cancelled_job_keeps_what_is_done_and_begins_nothing_more(desk: Desk) -> None:
    clients, therapist = [desk.add(f"A{letter}")["id"] for letter in "bcdefgh"], desk.staff("therapist")
    job_id = started(desk.administrator, therapist.staff_id, clients)
    assert runner_of(desk).do_one_step()
    for _ in range(2):
        assert desk.administrator.post(f"/jobs/clients/{job_id}/cancel").json["state"] == "cancelled"
    assert run_all(desk) == 1, "it only leaves the queue"
    ended = job(desk.administrator, job_id)
    assert (ended["state"], ended["counts"]["assigned"]) == ("cancelled", STEP_ROWS)
    assert len(facts(desk, clients)["assignments"]) == STEP_ROWS
    done = started(desk.administrator, therapist.staff_id, clients[:1])
    run_all(desk)
    refused = desk.administrator.post(f"/jobs/clients/{done}/cancel")
    assert (refused.status_code, refused.json["code"]) == (409, "finished")


def test_a_job_that_is_cancelled_within_a_step_commits_nothing_of_it(desk: Desk) -> None:
    def step(session: Session, work: Work) -> Step:
        client_id = UUID(work.input["client_ids"][0])
        bulk.assign(session, work.actor, client_id, UUID(work.input["staff_id"]), "active")
        assert desk.administrator.post(f"/jobs/clients/{work.job_id}/cancel").status_code == 200
        return Step(1, "1")

    client, therapist = desk.add()["id"], desk.staff("therapist")
    kind = Kind("cancels_itself", "assignments:change", lambda _: 2, step)
    job_id = queued(desk, kind, {"staff_id": str(therapist.staff_id), "client_ids": [client]})
    assert run_all(desk, kind) == 1
    assert job(desk.administrator, job_id)["done"] == 0 and facts(desk, [client])["assignments"] == []


def test_a_step_whose_lease_was_lost_commits_nothing_and_two_never_run_one_job(desk: Desk) -> None:
    inner: list[bool] = []

    def step(session: Session, work: Work) -> Step:
        bulk.assign(session, work.actor, UUID(work.input["client_ids"][0]), UUID(work.input["staff_id"]), "active")
        if not inner:
            inner.append(runner_of(desk, kind).do_one_step())  # leased: nobody else is given it
            lease_is_over(desk)
            desk.database.rows("UPDATE job_queue SET lease_id = %s RETURNING 1", new_id())  # another has claimed it
        return Step(1, None)

    kind = Kind("is_slow", "assignments:change", lambda _: 1, step)
    client, therapist = desk.add()["id"], desk.staff("therapist")
    job_id = queued(desk, kind, {"staff_id": str(therapist.staff_id), "client_ids": [client]})
    its = runner_of(desk, kind)
    assert its.do_one_step() and inner == [False]
    assert job(desk.administrator, job_id)["state"] == "running" and facts(desk, [client])["assignments"] == []
    assert its.do_one_step()
    assert job(desk.administrator, job_id)["state"] == "done"
    assert [row[1:3] for row in facts(desk, [client])["assignments"]] == [(True, 1)]


@pytest.mark.parametrize(("steps_before", "place"), [*enumerate(PLACES[:3]), (1, PLACES[3]), (2, PLACES[1])])
def test_killed_there_it_ends_as_if_nothing_had_happened(
    desk: Desk, keys: Keys, tmp_path: Path, place: str, steps_before: int
) -> None:
    clients, therapist = [desk.add(f"A{letter}")["id"] for letter in "bcdefgh"], desk.staff("therapist")
    job_id = started(desk.administrator, therapist.staff_id, clients)
    for _ in range(steps_before):
        assert runner_of(desk).do_one_step()
    killed_at(place, desk, tmp_path, keys)
    at_least = steps_before + (place == "job.after_commit")
    assert job(desk.administrator, job_id)["done"] == min(7, STEP_ROWS * at_least)
    lease_is_over(desk)
    run_all(desk)
    ended = job(desk.administrator, job_id)
    assert (ended["state"], ended["done"]) == ("done", 7)
    assert ended["counts"] == {"assigned": 7, "unchanged": 0, "refused": 0}
    found = facts(desk, clients)
    assert [row[1:] for row in found["assignments"]] == [(True, 1, True)] * 7
    assert all(len(rows) == 7 for rows in found.values()), found


def test_a_step_that_fails_is_tried_again_and_given_up_in_the_end(desk: Desk) -> None:
    def step(_session: Session, _work: Work) -> Step:
        raise RuntimeError("a fault of ours")

    kind = Kind("fails", "assignments:change", lambda _: 1, step)
    job_id = queued(desk, kind, {})
    for attempt in range(1, runner.ATTEMPTS_MAX + 1):
        assert job(desk.administrator, job_id)["state"] in ("queued", "running"), attempt
        assert run_all(desk, kind) == 1, "it waits before it is tried again"
        lease_is_over(desk)
    failed = job(desk.administrator, job_id)
    assert (failed["state"], failed["error"]["code"]) == ("failed", "gave_up")
    lost = queued(desk, kind, {})
    desk.database.rows("UPDATE job_queue SET attempts = %s RETURNING 1", runner.ATTEMPTS_MAX)
    run_all(desk, kind)
    assert job(desk.administrator, lost)["error"]["code"] == "gave_up", "killed each time before it could say why"


def test_a_refusal_ends_the_job_with_its_words(desk: Desk) -> None:
    clients, therapist = [desk.add(f"A{letter}")["id"] for letter in "bcde"], desk.staff("therapist")
    starter = desk.staff("administration")
    job_id = started(starter, therapist.staff_id, clients)
    assert runner_of(desk).do_one_step()
    desk.database.rows("UPDATE staff_copies SET active = false WHERE id = %s RETURNING 1", starter.staff_id)
    assert run_all(desk) == 1
    ended = job(starter, job_id)
    assert (ended["state"], ended["done"], ended["error"]["code"]) == ("failed", STEP_ROWS, "forbidden")
    denied = "SELECT actor_id, action, rule FROM audit_entries WHERE outcome = 'denied' AND object_id = %s"
    assert desk.database.rows(denied, UUID(job_id)) == [(starter.staff_id, "assign_staff", "forbidden")]


def test_a_long_job_keeps_nobody_waiting_and_of_one_practice_two_run_at_once(
    desk: Desk, clients_web: ServiceClient
) -> None:
    turns: list[tuple[UUID, str]] = []

    def step(_session: Session, work: Work) -> Step:
        turns.append((work.actor.organization_id, work.input["name"]))
        done = int(work.cursor or 0) + 1
        return Step(1, None if done == work.total else str(done))

    kind = Kind("counts", "assignments:change", lambda given: given["rows"], step)
    neighbour = clients_web.as_actor("administration")
    for name in "abc":
        queued(desk, kind, {"name": name, "rows": 3})
    queued(desk, kind, {"name": "n", "rows": 2}, neighbour)
    run_all(desk, kind)
    ours = [name for organization_id, name in turns if organization_id == desk.organization_id]
    assert [name for _, name in turns][:6] == ["a", "b", "n", "a", "b", "n"]
    assert ours.index("c") > max(place for place, name in enumerate(ours) if name == "a"), "the third waits"
    assert sorted(ours) == sorted("aaabbbccc")


def test_a_practice_has_so_many_jobs_open_and_not_more(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    client, therapist = desk.add()["id"], desk.staff("therapist")
    monkeypatch.setattr(commands, "OPEN_MAX", 2)
    for _ in range(2):
        started(desk.administrator, therapist.staff_id, [client])
    body = {"staff_id": str(therapist.staff_id), "client_ids": [client]}
    refused = desk.administrator.post("/assignments", body)
    assert (refused.status_code, refused.json["code"]) == (409, "too_many_jobs")
    values = {family.name: family.samples[0].value for family in JobCollector("clients", desk.worker).collect()}
    assert values["caseload_jobs_queued"] == 2 and values["caseload_jobs_running"] == 0
    before = REGISTRY.get_sample_value("caseload_jobs_ended_total", ENDED) or 0
    run_all(desk)
    assert REGISTRY.get_sample_value("caseload_jobs_ended_total", ENDED) == before + 2
    assert desk.administrator.post("/assignments", body).status_code == 202


ENDED = {"service": "clients", "kind": "assign_staff", "state": "done"}


def test_jobs_go_a_month_after_they_have_ended_and_never_before(desk: Desk) -> None:
    client, therapist = desk.add()["id"], desk.staff("therapist")
    for _ in range(2):
        started(desk.administrator, therapist.staff_id, [client])
    run_all(desk)
    unfinished = started(desk.administrator, therapist.staff_id, [client])
    ago = "UPDATE jobs SET finished_at = now() - interval '{} days' WHERE id = %s RETURNING 1"
    ids = [row[0] for row in desk.database.rows("SELECT id FROM jobs WHERE finished_at IS NOT NULL ORDER BY id")][-2:]
    for job_id, days in zip(ids, (29, 31), strict=True):
        desk.database.rows(ago.format(days), job_id)
    Purge("clients", desk.worker, (EXPIRED,)).all()
    left = [row[0] for row in desk.database.rows("SELECT id FROM jobs WHERE id = ANY(%s)", [*ids, UUID(unfinished)])]
    assert set(left) == {ids[0], UUID(unfinished)}


def test_an_actor_is_read_as_it_was_written(desk: Desk) -> None:
    restricted = desk.staff("administration", grants=("assigned_only",), restricts_administration=True)
    program = desk.web.as_program("clients:read", organization_id=desk.organization_id)
    for who in (restricted, program):
        assert who.actor is not None
        assert kinds.read_actor(desk.organization_id, kinds.written(who.actor)) == who.actor


def test_a_step_that_waits_for_others_is_done_when_it_is_due_and_not_at_the_next_look(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "POLL_SECONDS", 60.0)
    ended, stop = threading.Event(), threading.Event()

    def step(_session: Session, work: Work) -> Step:
        if work.cursor == "asked twice":
            return Step(1, None)
        return Step(0, "asked" if work.cursor is None else "asked twice", wait_seconds=0.1)

    def over(_session: Session, _job: object) -> None:
        ended.set()
        stop.set()

    kind = Kind("waiting", "clients:read", lambda _: 1, step, over)
    queued(desk, kind, {})
    running = threading.Thread(target=runner_of(desk, kind).run, args=(stop,), daemon=True)
    running.start()
    assert ended.wait(20), "it slept until the next look"
