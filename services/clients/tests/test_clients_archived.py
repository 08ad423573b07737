"""Clients who are archived: nobody new is assigned to them, and they come back as what they were."""

from __future__ import annotations

from datetime import timedelta

from services.clients.bulk_assignments import commands as bulk
from services.clients.tests.conftest import Desk
from shared import clock
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


def test_a_prospective_client_has_somebody_who_gets_to_know_them(desk: Desk) -> None:
    client, therapist = desk.add(status="prospective"), desk.staff("therapist")
    response = desk.administrator.put(f"/clients/{client['id']}/staff/{therapist.staff_id}")
    assert response.status_code == 200, response.text
    assert desk.administrator.get(f"/clients/{client['id']}").json["status"] == "prospective"


def test_who_comes_back_is_what_they_were_with_their_place_on_the_waiting_list(desk: Desk) -> None:
    since = str(clock.today("UTC") - timedelta(days=9))
    wish = {"since": since, "weekdays": ["monday"], "part_of_day": None, "note": None}
    place = {**wish, "staff_id": None, "service_type_id": None, "offers": []}
    client = desk.add(status="prospective", waiting=wish)
    path = f"/clients/{client['id']}"
    assert client["archived_from"] is None

    def become(status: str) -> tuple[str | None, dict[str, object] | None]:
        changed = desk.desk.patch(path, {"status": status}).json
        return changed["archived_from"], changed["waiting"]

    assert become("archived") == ("prospective", None)
    assert desk.desk.get("/clients", sort="waiting_since").json["items"] == []
    assert become("archived") == ("prospective", None), "repeated, it changes nothing"
    assert become("prospective") == (None, place)
    assert become("archived") == ("prospective", None)
    assert become("active") == (None, None)
    assert become("archived") == ("active", None)
    assert become("prospective") == (None, None), "they were off the list before"
    assert become("archived") == ("prospective", None)
    assert become("prospective") == (None, None)
