"""A client who was added in error is deleted once clinical and billing agree, and else nothing is changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services.clients.client_changes.deletion import DELETE_CLIENT
from services.clients.tests.conftest import Desk
from services.clients.tests.jobs import DECIDING, PLACES, job, killed_at, lease_is_over, run_all, runner_of
from shared import clock
from shared.contracts import billing, clinical
from shared.contracts.clinical import StaffJoinedCase
from shared.ids import new_id
from shared.testing.web import Keys, ServiceClient

GRANT = ("clients_delete",)
SERVICES = {"clinical": clinical.ChangeAnswered, "billing": billing.ChangeAnswered}


@pytest.fixture(autouse=True)
def no_job_left(desk: Desk) -> Iterator[None]:
    yield
    desk.database.rows("DELETE FROM job_queue RETURNING 1")


def deleter(desk: Desk, *levels: str) -> ServiceClient:
    return desk.staff(*(levels or ("administration",)), grants=GRANT)


def proposed(who: ServiceClient, client_id: str) -> str:
    response = who.send("DELETE", f"/clients/{client_id}", {"reason": "mistake"})
    assert (response.status_code, response.json["state"]) == (202, "queued"), response.text
    return str(response.json["id"])


def told(desk: Desk, kind: str) -> list[dict[str, Any]]:
    statement = "SELECT data FROM outbox WHERE type = %s AND organization_id = %s ORDER BY id"
    return [row[0] for row in desk.database.rows(statement, f"clients.{kind}.v1", str(desk.organization_id))]


def answered(desk: Desk, service: str, code: str, seconds: float = 60) -> Any:
    """What a service says to the last change that was proposed."""
    until = clock.now() + timedelta(seconds=seconds) if code == "ready" else None
    change_id = UUID(told(desk, "change_proposed")[-1]["change_id"])
    return SERVICES[service](desk.organization_id, change_id, 1, code, until)


def look(desk: Desk) -> None:
    """Do the steps that are due, once no step waits any longer."""
    lease_is_over(desk)
    run_all(desk, DELETE_CLIENT)


def in_time(desk: Desk, seconds: int) -> None:
    desk.database.rows(
        "UPDATE client_changes SET answer_by = answer_by - make_interval(secs => %s) RETURNING 1", seconds
    )


def test_once_both_agree_the_client_is_gone_and_the_audit_trail_knows(desk: Desk) -> None:
    who, therapist, client = deleter(desk), desk.staff("therapist"), desk.add()
    path = f"/clients/{client['id']}"
    assert desk.administrator.put(f"{path}/staff/{therapist.staff_id}").status_code == 200
    job_id = proposed(who, client["id"])
    run_all(desk, DELETE_CLIENT)
    desk.emit(answered(desk, "clinical", "ready"))
    look(desk)
    assert job(who, job_id)["state"] == "running" and desk.desk.get(path).status_code == 200
    desk.emit(answered(desk, "billing", "ready"), answered(desk, "billing", "ready"))
    look(desk)
    assert (job(who, job_id)["state"], job(who, job_id)["counts"]) == ("done", {"deleted": 1})
    for method, at, body in (
        ("GET", path, None),
        ("PATCH", path, {"preferred_name": "Ada"}),
        ("GET", f"{path}/staff", None),
        ("GET", f"{path}/staff/history", None),
        ("PUT", f"{path}/staff/{therapist.staff_id}", None),
        ("DELETE", path, {"reason": "test"}),
    ):
        assert who.send(method, at, body).status_code == 404, (method, at)
    assert desk.desk.get("/clients").json["items"] == []
    assert desk.add()["number"] == client["number"] + 1
    ((by, details, everything),) = desk.database.rows(
        "SELECT actor_id, details, to_jsonb(audit_entries)::text FROM audit_entries"
        " WHERE action = 'client_deleted' AND client_id = %s",
        UUID(client["id"]),
    )
    assert by == who.staff_id and "Byron" not in everything
    assert details == {"job_id": job_id, "reason": "mistake", "staff_ids": [str(therapist.staff_id)]}
    (decided,) = told(desk, "change_decided")
    assert decided["applies"] is True and decided["client_ids"] == [client["id"]]
    desk.emit(answered(desk, "clinical", "used"))
    desk.emit(StaffJoinedCase(desk.organization_id, new_id(), UUID(client["id"]), therapist.staff_id, 1))
    look(desk)
    assert len(told(desk, "change_decided")) == 1, "what is decided stays so"


@pytest.mark.parametrize(
    ("sentences", "seconds", "code", "detail"),
    [
        ({"clinical": "has_appointments", "billing": "ready"}, 60, "used", "This client has appointments."),
        ({"clinical": "used"}, 60, "used", "There are records of this client."),
        ({"billing": "used"}, 60, "used", "There are records of this client."),
        ({"billing": "being_changed"}, 60, "being_changed", "This client is being changed"),
        ({"clinical": "something_new"}, 60, "used", "There are records"),
        ({}, 60, "not_answered", "A part of Caseload did not answer"),
        ({"clinical": "ready"}, 60, "not_answered", "A part of Caseload did not answer"),
        ({"clinical": "ready", "billing": "ready"}, 29, "not_answered", "A part of Caseload did not answer"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else str(value),
)
def test_without_agreement_nothing_is_changed(
    desk: Desk, sentences: dict[str, str], seconds: float, code: str, detail: str
) -> None:
    who, client = deleter(desk), desk.add()
    before = desk.desk.get(f"/clients/{client['id']}").json
    job_id = proposed(who, client["id"])
    for service, what in sentences.items():
        desk.emit(answered(desk, service, what, seconds))
    if code == "not_answered" and len(sentences) < len(SERVICES):
        look(desk)
        assert job(who, job_id)["state"] == "running", "it waits as long as it promises"
        in_time(desk, 31)
    look(desk)
    failed = job(who, job_id)
    assert (failed["state"], failed["error"]["code"]) == ("failed", code)
    assert failed["error"]["detail"].startswith(detail)
    assert failed["result"] == {"client_ids": [client["id"]]}, "who looks at it finds the client"
    assert desk.desk.get(f"/clients/{client['id']}").json == before
    assert [event["applies"] for event in told(desk, "change_decided")] == [False]
    desk.emit(*(answered(desk, service, "ready") for service in SERVICES))
    look(desk)
    assert desk.desk.get(f"/clients/{client['id']}").json == before, "late answers change nothing"


def test_who_was_archived_meanwhile_stays(desk: Desk) -> None:
    who, client = deleter(desk), desk.add()
    job_id = proposed(who, client["id"])
    # By a change that was on its way when the deletion was proposed: what comes later is refused.
    desk.database.rows("UPDATE clients SET status = 'archived' WHERE id = %s RETURNING 1", client["id"])
    desk.emit(*(answered(desk, service, "ready") for service in SERVICES))
    look(desk)
    assert job(who, job_id)["error"]["code"] == "client_archived"
    assert [event["applies"] for event in told(desk, "change_decided")] == [False]
    refused = who.send("DELETE", f"/clients/{client['id']}", {"reason": "mistake"})
    assert (refused.status_code, refused.json["code"]) == (409, "client_archived")


def test_a_cancelled_deletion_deletes_nobody(desk: Desk) -> None:
    who, client = deleter(desk), desk.add()
    job_id = proposed(who, client["id"])
    desk.emit(*(answered(desk, service, "ready") for service in SERVICES))
    assert who.post(f"/jobs/clients/{job_id}/cancel").json["state"] == "cancelled"
    look(desk)
    assert [event["applies"] for event in told(desk, "change_decided")] == [False], "nobody is held any longer"
    assert desk.desk.get(f"/clients/{client['id']}").status_code == 200


@pytest.mark.parametrize("body", [None, {}, {"reason": "because"}, {"reason": None}, {"reason": "test", "more": 1}, []])
def test_bad_input_changes_nothing(desk: Desk, body: Any) -> None:
    client_id = desk.add()["id"]
    assert deleter(desk).send("DELETE", f"/clients/{client_id}", body).status_code in (400, 422)
    assert told(desk, "change_proposed") == []


def test_only_who_has_the_grant_deletes_and_only_whom_they_see(desk: Desk) -> None:
    client_id = desk.add()["id"]
    body = {"reason": "duplicate"}
    owner = desk.web.as_actor("organization_administration", organization_id=desk.organization_id)
    program = desk.web.as_program("clients:update", organization_id=desk.organization_id)
    for who in (desk.desk, desk.administrator, program):
        assert who.send("DELETE", f"/clients/{client_id}", body).status_code == 403
    elsewhere = desk.web.as_actor("administration", grants=GRANT)
    narrowed = desk.staff("therapist", grants=(*GRANT, "assigned_only"))
    for who in (elsewhere, narrowed):
        assert who.send("DELETE", f"/clients/{client_id}", body).status_code == 404
    assert told(desk, "change_proposed") == []
    assert proposed(deleter(desk, "default"), client_id) and proposed(owner, client_id)


@pytest.mark.parametrize("place", [*PLACES[:3], *DECIDING])
def test_killed_there_it_ends_as_if_nothing_had_happened(desk: Desk, keys: Keys, tmp_path: Path, place: str) -> None:
    who, client = deleter(desk), desk.add()
    job_id = proposed(who, client["id"])
    assert runner_of(desk, DELETE_CLIENT).do_one_step()
    desk.emit(*(answered(desk, service, "ready") for service in SERVICES))
    lease_is_over(desk)
    killed_at(place, desk, tmp_path, keys)
    assert desk.desk.get(f"/clients/{client['id']}").status_code == 200 and told(desk, "change_decided") == []
    look(desk)
    assert job(who, job_id)["counts"] == {"deleted": 1}
    assert [event["applies"] for event in told(desk, "change_decided")] == [True]
    entries = "SELECT count(*) FROM audit_entries WHERE action = 'client_deleted' AND client_id = %s"
    assert desk.database.rows(entries, UUID(client["id"])) == [(1,)]
