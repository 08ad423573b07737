"""An import is undone: who was not used is gone, who was used stays and the row says why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services.clients.client_import import steps, undo
from services.clients.client_import.undo import UNDO
from services.clients.tests.conftest import Desk
from services.clients.tests.jobs import DECIDING, PLACES, killed_at, lease_is_over, run_all, runner_of
from services.clients.tests.test_clients_import import clients_of, imported, read, rows_of, upload
from shared import clock
from shared.contracts import billing, clinical
from shared.testing.web import Keys

HEAD = "First Name,Last Name,Date of Birth,Status\n"
FIVE = HEAD + "".join(
    f"{name},Quint,1990-01-0{day},\n" for day, name in enumerate(["Ada", "Ben", "Cleo", "Dan", "Eve"], 1)
)
NAMES = [f"{name} Quint" for name in ["Ada", "Ben", "Cleo", "Dan", "Eve"]]


@pytest.fixture(autouse=True)
def few_rows(monkeypatch: pytest.MonkeyPatch, desk: Desk) -> Iterator[None]:
    """Steps of three rows, and no job left over for the next test."""
    for module in (steps, undo):
        monkeypatch.setattr(module, "STEP_ROWS_MAX", 3)
    yield
    desk.database.rows("DELETE FROM job_queue RETURNING 1")


def begun(desk: Desk, of: dict[str, Any]) -> dict[str, Any]:
    response = desk.administrator.post(f"/client-imports/{of['id']}/undo")
    assert response.status_code == 202, response.text
    return dict(response.json)


def told(desk: Desk, kind: str) -> list[dict[str, Any]]:
    statement = "SELECT data FROM outbox WHERE type = %s AND organization_id = %s ORDER BY id"
    return [row[0] for row in desk.database.rows(statement, f"clients.{kind}.v1", desk.organization_id)]


def answer(desk: Desk, used: frozenset[str] = frozenset(), booked: frozenset[str] = frozenset()) -> None:
    """Clinical and billing answer to the last change that was proposed; billing knows of the `used`."""
    change = told(desk, "change_proposed")[-1]
    ids = (desk.organization_id, UUID(change["change_id"]), 1, "ready", clock.now() + timedelta(seconds=60))
    of_them = [tuple(UUID(each) for each in change["client_ids"] if each in wanted) for wanted in (used, booked)]
    desk.emit(clinical.ChangeAnswered(*ids, (), of_them[1]), billing.ChangeAnswered(*ids, of_them[0]))


def run_undo(desk: Desk, used: frozenset[str] = frozenset(), booked: frozenset[str] = frozenset()) -> None:
    """Every step until the job has ended, with an answer to each question."""
    waits = "SELECT 1 FROM client_changes WHERE organization_id = %s AND outcome IS NULL AND answers = '{}'"
    for _ in range(20):
        lease_is_over(desk)
        if not runner_of(desk, UNDO).do_one_step():
            return
        if desk.database.rows(waits, desk.organization_id):
            answer(desk, used, booked)
    raise AssertionError("the job does not end")


def added(desk: Desk, file: str = FIVE) -> tuple[dict[str, Any], dict[str, str]]:
    """An import that is done, and its clients by their first names."""
    done = imported(desk, file, dry_run="false")
    return done, {row["values"]["given_name"]: row["client_id"] for row in rows_of(desk, done, result="created")}


def everything(desk: Desk, of: dict[str, Any]) -> Any:
    return read(desk, of), rows_of(desk, of), clients_of(desk), told(desk, "change_decided")


def test_who_was_not_used_is_gone_and_who_was_stays_with_the_reason(desk: Desk) -> None:
    done, ids = added(desk)
    assert desk.desk.patch(f"/clients/{ids['Ada']}", {"pronouns": "she/her"}).status_code == 200
    first = begun(desk, done)
    assert (first["state"], first["undone_at"] is not None) == ("queued", True)
    run_undo(desk, used=frozenset({ids["Ben"], ids["Dan"]}), booked=frozenset({ids["Dan"]}))
    ended = read(desk, done)
    assert (ended["state"], ended["rows_done"]) == ("done", ended["rows_total"])
    assert {name: ended["counts"][name] for name in ("created", "removed", "kept")} == {
        "created": 0,
        "removed": 2,
        "kept": 3,
    }
    kept = {row["values"]["given_name"]: row for row in rows_of(desk, done, result="kept")}
    assert {name: row["errors"][0]["code"] for name, row in kept.items()} == {
        "Ada": "changed_since",
        "Ben": "used",
        "Dan": "has_appointments",
    }
    assert all(row["errors"][0]["detail"] and row["client_id"] == ids[name] for name, row in kept.items())
    assert [row["client_id"] for row in rows_of(desk, done, result="removed")] == [None, None]
    assert clients_of(desk) == ["Ada Quint", "Ben Quint", "Dan Quint"]
    audited = desk.database.rows(
        "SELECT client_id::text, actor_id, details->>'reason' FROM audit_entries"
        " WHERE action = 'client_deleted' AND organization_id = %s",
        desk.organization_id,
    )
    by = desk.administrator.staff_id
    assert sorted(audited) == sorted([(ids["Cleo"], by, "undo_import"), (ids["Eve"], by, "undo_import")])
    decided = {event["applies"]: set() for event in told(desk, "change_decided")}
    for event in told(desk, "change_decided"):
        decided[event["applies"]] |= set(event["client_ids"])
    assert decided == {True: {ids["Cleo"], ids["Eve"]}, False: {ids["Ben"], ids["Dan"]}}
    errors = desk.administrator.get(f"/client-imports/{done['id']}/errors.csv").text
    assert "Quint" not in errors, "all rows were added once"

    before = everything(desk, done)
    assert begun(desk, done)["state"] == "done"
    run_undo(desk)
    assert everything(desk, done) == before, "twice is as once"
    again = imported(desk, FIVE, dry_run="false")
    assert (again["counts"]["created"], again["counts"]["duplicates"]) == (2, 3), "who is gone can come again"


def test_who_was_archived_in_the_file_goes_and_who_was_deleted_by_hand_is_no_obstacle(desk: Desk) -> None:
    done, ids = added(desk, HEAD + "Ada,Quint,1990-01-01,inactive\nBen,Quint,1990-01-02,\n")
    desk.database.rows("DELETE FROM clients WHERE id = %s RETURNING 1", UUID(ids["Ben"]))
    begun(desk, done)
    run_undo(desk)
    counts = read(desk, done)["counts"]
    assert (counts["removed"], counts["kept"], counts["created"]) == (2, 0, 0)


def test_a_change_between_the_question_and_the_decision_keeps_the_client(desk: Desk) -> None:
    done, ids = added(desk)
    begun(desk, done)
    lease_is_over(desk)
    assert runner_of(desk, UNDO).do_one_step()
    # By one that was on its way when it was asked: what comes later is refused.
    change = "UPDATE clients SET pronouns = 'he/him', version = version + 1 WHERE id = %s RETURNING 1"
    desk.database.rows(change, ids["Ben"])
    answer(desk)
    run_undo(desk)
    assert [row["values"]["given_name"] for row in rows_of(desk, done, result="kept")] == ["Ben"]
    assert read(desk, done)["counts"]["removed"] == 4


def test_without_an_answer_it_stops_and_a_second_undo_goes_on(desk: Desk) -> None:
    done, _ = added(desk)
    begun(desk, done)
    run_all(desk, UNDO)
    answer(desk)
    lease_is_over(desk)
    assert runner_of(desk, UNDO).do_one_step(), "the first three"
    assert len(clients_of(desk)) == 2
    lease_is_over(desk)
    assert runner_of(desk, UNDO).do_one_step(), "the next are asked about"
    desk.database.rows("UPDATE client_changes SET answer_by = answer_by - interval '31 s' RETURNING 1")
    lease_is_over(desk)
    run_all(desk, UNDO)
    stopped = read(desk, done)
    assert (stopped["state"], stopped["error"]["code"]) == ("failed", "not_answered")
    assert [event["applies"] for event in told(desk, "change_decided")] == [True, False], "nobody is held for it"
    begun(desk, done)
    run_undo(desk)
    assert (read(desk, done)["counts"]["removed"], clients_of(desk)) == (5, [])


def test_an_undo_that_is_cancelled_takes_back_nobody_else(desk: Desk) -> None:
    done, _ = added(desk)
    begun(desk, done)
    assert begun(desk, done)["state"] == "queued", "while it is under way nothing else begins"
    lease_is_over(desk)
    runner_of(desk, UNDO).do_one_step()
    answer(desk)
    assert desk.administrator.post(f"/client-imports/{done['id']}/cancel").json["state"] == "cancelled"
    lease_is_over(desk)
    run_all(desk, UNDO)
    assert clients_of(desk) == NAMES
    assert [event["applies"] for event in told(desk, "change_decided")] == [False], "nobody is held any longer"


def test_it_is_refused_before_anybody_was_added_and_while_somebody_is(desk: Desk) -> None:
    checked = imported(desk, FIVE)
    under_way = upload(desk.administrator, FIVE.replace("Quint", "Rask"), dry_run="false")
    run_all(desk)
    nobody = imported(desk, FIVE.replace("Quint", "Rask"), dry_run="false")
    begun_only = upload(desk.administrator, FIVE.replace("Quint", "Sole"), dry_run="false")
    assert read(desk, under_way)["counts"]["created"] == 5
    for _ in range(3):
        runner_of(desk).do_one_step()
    for which, code in (
        (checked, "import_not_committed"),
        (nobody, "import_not_committed"),
        (begun_only, "import_under_way"),
    ):
        refused = desk.administrator.post(f"/client-imports/{which['id']}/undo")
        assert (refused.status_code, refused.json["code"]) == (409, code)
    assert told(desk, "change_proposed") == []


def test_only_who_may_import_undoes(desk: Desk) -> None:
    done, _ = added(desk)
    path = f"/client-imports/{done['id']}/undo"
    program = desk.web.as_program("clients:create", "clients:read", organization_id=desk.organization_id)
    for who in (desk.desk, program):
        assert who.post(path).status_code == 403
    stranger = desk.web.as_actor("organization_administration")
    assert stranger.post(path).status_code == 404
    assert told(desk, "change_proposed") == [] and len(clients_of(desk)) == 5


@pytest.mark.abuse("A-IMPORT-undo-anothers")
def test_an_import_of_another_is_undone_with_the_permission_to_delete_clients_alone(desk: Desk) -> None:
    done, _ = added(desk)
    path = f"/client-imports/{done['id']}/undo"
    colleague = desk.web.as_actor("administration", organization_id=desk.organization_id)
    refused = colleague.post(path)
    assert (refused.status_code, refused.json["code"]) == (403, "forbidden")
    assert "clients:delete" in refused.json["detail"]
    assert told(desk, "change_proposed") == [] and read(desk, done)["undone_at"] is None
    deleter = desk.web.as_actor("organization_administration", organization_id=desk.organization_id)
    assert deleter.post(path).status_code == 202
    run_undo(desk)
    assert clients_of(desk) == []


@pytest.mark.abuse("A-IMPORT-of-another-by-program")
def test_a_program_knows_of_its_own_imports_alone(desk: Desk) -> None:
    checked, (done, _) = imported(desk, FIVE.replace("Quint", "Rask")), added(desk)
    program, other = (
        desk.web.as_program("client_imports:manage", "clients:read", organization_id=desk.organization_id)
        for _ in range(2)
    )
    own = upload(program, FIVE.replace("Quint", "Sole"), dry_run="false", on_duplicate="create")
    run_all(desk)
    before = everything(desk, checked), everything(desk, done), everything(desk, own)
    for who, of_others in ((program, (checked, done)), (other, (checked, done, own))):
        for imported_by_another in of_others:
            at = f"/client-imports/{imported_by_another['id']}"
            for end in ("", "/rows", "/errors.csv"):
                assert who.get(f"{at}{end}").status_code == 404, end
            for end in ("/commit", "/undo", "/cancel"):
                assert who.post(f"{at}{end}").status_code == 404, end
            assert who.patch(f"{at}/rows/2", {"decision": "skip"}).status_code == 404
            assert who.put(f"{at}/mapping", {"mapping": {"Status": None}}).status_code == 404
    assert (everything(desk, checked), everything(desk, done), everything(desk, own)) == before
    assert [item["id"] for item in program.get("/client-imports").json["items"]] == [own["id"]]
    assert other.get("/client-imports").json["items"] == []
    assert len(desk.administrator.get("/client-imports").json["items"]) == 3, "people see those of programs too"
    assert program.post(f"/client-imports/{own['id']}/undo").status_code == 202
    run_undo(desk)
    assert read(desk, own)["counts"]["removed"] == 5


@pytest.mark.abuse("A-IMPORT-undo-what-is-used")
def test_who_was_assigned_related_told_apart_or_is_paid_for_since_the_import_stays(desk: Desk) -> None:
    done, ids = added(desk)
    therapist = desk.staff("therapist")
    for change in (desk.administrator.put, desk.administrator.delete):
        assert change(f"/clients/{ids['Ada']}/staff/{therapist.staff_id}").status_code in (200, 204)
    parent = desk.add("Pia", "Quint", "1960-01-01")["id"]
    related = desk.desk.put(f"/clients/{ids['Ben']}/related-clients/{parent}", {"kind": "parent"})
    assert related.status_code == 200, related.text
    pair = sorted([ids["Cleo"], parent])
    desk.database.rows(
        "INSERT INTO client_pairs (organization_id, id, client_id, other_id, score, reasons, found_at, dismissed_by,"
        " dismissed_at) VALUES (%s, gen_random_uuid(), %s, %s, 60, '[]', now(), %s, now()) RETURNING 1",
        desk.organization_id,
        *pair,
        desk.administrator.staff_id,
    )
    pays = {"given_name": "Rosa", "family_name": "Quint", "share": {"kind": "rest"}, "effective_from": "2026-03-01"}
    assert desk.desk.post(f"/clients/{ids['Dan']}/responsible-people", pays).status_code == 201
    begun(desk, done)
    run_undo(desk)
    kept = {row["values"]["given_name"]: row["errors"][0]["code"] for row in rows_of(desk, done, result="kept")}
    assert kept == dict.fromkeys(("Ada", "Ben", "Cleo", "Dan"), "changed_since")
    assert clients_of(desk) == ["Ada Quint", "Ben Quint", "Cleo Quint", "Dan Quint", "Pia Quint"]


@pytest.mark.parametrize(
    ("place", "deciding"),
    [(place, False) for place in (*PLACES, "change.proposed")] + [(place, True) for place in (*PLACES, *DECIDING)],
)
def test_killed_at_each_step_the_end_is_the_same(
    desk: Desk, keys: Keys, tmp_path: Path, place: str, *, deciding: bool
) -> None:
    done, ids = added(desk)
    begun(desk, done)
    if deciding:
        assert runner_of(desk, UNDO).do_one_step()
        answer(desk, used=frozenset({ids["Ben"]}))
    lease_is_over(desk)
    killed_at(place, desk, tmp_path, keys)
    lease_is_over(desk)
    run_undo(desk, used=frozenset({ids["Ben"]}))
    counts = read(desk, done)["counts"]
    assert (counts["removed"], counts["kept"], counts["created"]) == (4, 1, 0)
    assert clients_of(desk) == ["Ben Quint"]
    gone = [
        client_id for event in told(desk, "change_decided") if event["applies"] for client_id in event["client_ids"]
    ]
    assert sorted(gone) == sorted(client_id for name, client_id in ids.items() if name != "Ben"), "each is told once"
