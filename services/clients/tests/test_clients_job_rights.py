"""A job goes on for as long as its starter may do what it does."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.clients.bulk_assignments import commands as bulk
from services.clients.tests.conftest import Desk
from services.clients.tests.test_clients_jobs import STEP_ROWS, job, run_all, runner_of, started
from shared import clock
from shared.contracts.identity import ApiClientChanged, StaffChanged
from shared.testing.events import apply


@pytest.mark.abuse("A-ROLE-job-of-a-demoted")
@pytest.mark.parametrize(
    ("levels", "grants", "ends"),
    [
        (("default",), (), True),
        (("therapist",), ("staff_assign", "assigned_only"), True),
        (("default",), ("staff_assign",), False),
    ],
)
def test_a_job_ends_when_its_starter_may_not_go_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, levels: tuple[str, ...], grants: tuple[str, ...], ends: bool
) -> None:
    """Also where it is heard of after the right was given back; then what was started since goes on."""
    monkeypatch.setattr(bulk, "STEP_ROWS_MAX", STEP_ROWS)
    clients, therapist = [desk.add(f"A{letter}")["id"] for letter in "bcde"], desk.staff("therapist")
    starter = desk.staff("therapist", grants=("staff_assign",))
    lost = StaffChanged(desk.organization_id, starter.staff_id, 2, "Somebody", True, levels=levels, grants=grants)
    back = replace(lost, version=3, levels=("therapist",), grants=("staff_assign",))
    for events in ((lost, back), (back, replace(lost, version=1))):
        job_id = started(starter, therapist.staff_id, clients)
        assert runner_of(desk).do_one_step()
        at = clock.now()
        later = started(starter, therapist.staff_id, clients[:1])
        for event in events:
            apply("clients", desk.worker, event, occurred_at=at)
        run_all(desk)
        ended = job(starter, job_id)
        assert (ended["state"], ended["done"]) == (("failed", STEP_ROWS) if ends else ("done", 4)), events
        if ends:
            assert ended["error"]["code"] == "forbidden"
    assert job(starter, later)["state"] == "done"


@pytest.mark.abuse("A-ROLE-job-of-a-revoked-program")
@pytest.mark.parametrize(
    ("permissions", "ends"), [((), True), (("jobs:read",), True), (("assignments:change", "clients:read"), False)]
)
def test_a_job_ends_when_its_program_may_not_go_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, permissions: tuple[str, ...], ends: bool
) -> None:
    """Revoked, or with fewer permissions; another program's job goes on."""
    monkeypatch.setattr(bulk, "STEP_ROWS_MAX", STEP_ROWS)
    clients, therapist = [desk.add(f"P{letter}")["id"] for letter in "bcde"], desk.staff("therapist")
    program, other = (
        desk.web.as_program("assignments:change", "jobs:read", organization_id=desk.organization_id) for _ in range(2)
    )
    job_id, others = started(program, therapist.staff_id, clients), started(other, therapist.staff_id, clients)
    assert runner_of(desk).do_one_step()
    apply("clients", desk.worker, ApiClientChanged(desk.organization_id, program.actor.actor_id, 2, permissions))
    run_all(desk)
    ended = job(program, job_id)
    assert ended["state"] == ("failed" if ends else "done")
    assert not ends or (ended["error"]["code"] == "forbidden" and ended["done"] <= STEP_ROWS)
    assert job(other, others)["state"] == "done"
