"""Jobs of the clients service as tests start, run and look at them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

from services.clients.bulk_assignments import commands as bulk
from services.clients.bulk_assignments.undo import UNDO_ASSIGNMENT
from services.clients.client_import.commands import IMPORT
from services.clients.tests.conftest import Desk
from shared.jobs import commands
from shared.jobs.kinds import Kind
from shared.jobs.runner import Runner
from shared.testing.databases import database_of
from shared.testing.web import Keys, ServiceClient

ROOT = Path(__file__).parents[3]
DECIDING = ("change.decided",)  # of a job that decides a change of clients
PLACES = ("job.after_claim", "job.after_work", "job.before_commit", "job.after_commit")


def runner_of(desk: Desk, *others: Kind) -> Runner:
    return Runner(
        "clients", desk.worker, desk.database.url("worker"), (bulk.ASSIGN_STAFF, UNDO_ASSIGNMENT, IMPORT, *others)
    )


def run_all(desk: Desk, *others: Kind) -> int:
    """Do every step that is due; returns how many there were."""
    its, steps = runner_of(desk, *others), 0
    while its.do_one_step():
        steps += 1
    return steps


RUN_ALL = """
import os
from shared.keys import bus
from services.clients.app import SERVICE
from pathlib import Path
from services.clients.bulk_assignments import commands
from services.clients.bulk_assignments import undo as assignments_undo
from services.clients.client_import import steps, undo
from shared.jobs.runner import Runner
from shared.testing.web import ServiceClient
commands.STEP_ROWS_MAX = steps.STEP_ROWS_MAX = undo.STEP_ROWS_MAX = assignments_undo.STEP_ROWS_MAX = 3
bus.use(Path(os.environ["BUS_KEYS_DIR"]))
url = os.environ["URL"]
its = Runner("clients", SERVICE.database(url), url, SERVICE.jobs)
while its.do_one_step():
    pass
"""


def killed_at(place: str, desk: Desk, folder: Path, keys: Keys) -> None:
    """A process that does every step that is due is killed where it comes to this place."""
    (folder / "armed").write_text(place, encoding="utf-8")
    environment = {"PATH": "/usr/bin:/bin", "URL": desk.database.url("worker"), "FAILPOINT": str(folder / "armed")}
    environment["BUS_KEYS_DIR"] = str(keys.bus)
    killed = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", RUN_ALL], cwd=ROOT, env=environment, timeout=60, check=False
    )
    assert killed.returncode == -9


def lease_is_over(desk: Desk) -> None:
    """What the passing of time does for a lease, or for a step that waits to be tried again."""
    desk.database.rows("UPDATE job_queue SET next_at = now() RETURNING 1")


def started(who: ServiceClient, staff_id: UUID, client_ids: list[str]) -> str:
    response = who.post("/assignments", {"staff_id": str(staff_id), "client_ids": client_ids})
    assert (response.status_code, response.json["state"]) == (202, "queued"), response.text
    assert response.headers["Location"] == f"/api/v1/jobs/clients/{response.json['id']}"
    return str(response.json["id"])


def queued(desk: Desk, kind: Kind, given: dict[str, Any], who: ServiceClient | None = None) -> UUID:
    """A job of a kind that only a test knows."""
    actor = (who or desk.administrator).actor
    assert actor is not None
    web = database_of(desk.database)
    job_id = web.run(lambda session: commands.start(session, actor, kind, given).id, actor.organization_id)
    web.dispose()
    return UUID(str(job_id))


def job(who: ServiceClient, job_id: object) -> dict[str, Any]:
    return dict(who.get(f"/jobs/clients/{job_id}").json)


def facts(desk: Desk, client_ids: list[str]) -> dict[str, list[tuple[Any, ...]]]:
    """What is known of these clients' staff, told to others and written down; by place in the list, without ids."""
    place = {UUID(client_id): number for number, client_id in enumerate(client_ids)}

    def found(statement: str) -> list[tuple[Any, ...]]:
        rows = desk.database.rows(statement, list(place))
        return sorted((place[row[0]], *row[1:]) for row in rows)

    return {
        "assignments": found(
            "SELECT client_id, active, version, through_case_id IS NULL FROM assignments WHERE client_id = ANY(%s)"
        ),
        "history": found("SELECT client_id, change, version FROM assignment_changes WHERE client_id = ANY(%s)"),
        "told": found(
            "SELECT aggregate_id, type, aggregate_version FROM outbox"
            " WHERE aggregate_id = ANY(%s) AND type LIKE '%%assigned%%'"
        ),
        "audit": found(
            "SELECT client_id, action, outcome, rule FROM audit_entries"
            " WHERE client_id = ANY(%s) AND action = 'put_client_staff'"
        ),
    }
