"""Who may merge whom, what a merge is refused with, and where the id of somebody who was merged leads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from services.clients.app import ROUTES
from services.clients.client_changes.deletion import DELETE_CLIENT
from services.clients.client_merges import commands
from services.clients.tests.conftest import Desk
from services.clients.tests.jobs import job, lease_is_over, run_all, started
from services.clients.tests.merging import (
    GRANT,
    all_agree,
    look,
    merged,
    merger,
    parted,
    parting,
    proposed,
    staff_ids,
)
from services.clients.tests.test_clients_deleted import SERVICES, answered, told
from shared import client_families
from shared.client_families import TooManyMerged
from shared.ids import new_id
from shared.web.merged_clients import has_own_address
from shared.web.routes import PLACEHOLDER

WRONG: list[Any] = [
    None,
    {},
    [],
    {"reason": "added_twice"},
    {"into_client_id": str(new_id())},
    {"into_client_id": "x", "reason": "added_twice"},
    {"into_client_id": str(new_id()), "reason": "because"},
    {"into_client_id": str(new_id()), "reason": "other", "more": 1},
]


@pytest.fixture(autouse=True)
def no_job_left(desk: Desk) -> Iterator[None]:
    yield
    desk.database.rows("DELETE FROM job_queue RETURNING 1")


def refusal(who: Any, ends: str, stays: str) -> tuple[int, str]:
    response = who.post(f"/clients/{ends}/merge", {"into_client_id": stays, "reason": "other"})
    return response.status_code, response.json["code"]


@pytest.mark.abuse("A-ROLE-merge-without-the-permission", "A-ROLE-merge-across", "A-ROLE-merge-to-see")
def test_it_takes_the_permission_and_sight_of_both(desk: Desk) -> None:
    ends, stays = desk.add()["id"], desk.add()["id"]
    for who in (desk.desk, desk.staff("therapist"), desk.staff("billing")):
        assert refusal(who, ends, stays) == (403, "forbidden")
    program = desk.web.as_program("clients:update", organization_id=desk.organization_id)
    assert refusal(program, ends, stays) == (403, "forbidden")
    for grants in (["clients_merge"], ["staff_assign"]):  # either of them alone
        halved = desk.staff("therapist", grants=grants)
        assert refusal(halved, ends, stays)[0] == 403
    assert refusal(desk.staff("therapist", grants=["clients_merge"]), ends, stays) == (403, "merging_assigns")
    elsewhere = desk.web.as_actor("administration", grants=GRANT)
    narrowed = desk.staff("therapist", grants=(*GRANT, "assigned_only"))
    assert desk.administrator.put(f"/clients/{ends}/staff/{narrowed.staff_id}").status_code == 200
    for who in (elsewhere, narrowed):
        assert refusal(who, ends, stays) == refusal(who, stays, ends) == (404, "not_found")
    assert refusal(merger(desk), ends, str(new_id())) == (404, "not_found")
    assert told(desk, "change_proposed") == []
    made = merged(desk, merger(desk, "default"), ends, stays)
    assert narrowed.get(f"/clients/{stays}").status_code == 200, "who had the one has both"
    for who, status in ((elsewhere, 404), (narrowed, 200), (desk.desk, 200)):
        assert who.get(f"/client-merges/{made['id']}").status_code == status
    assert desk.desk.post(f"/client-merges/{made['id']}/undo").status_code == 403
    without = desk.staff("therapist", grants=["clients_merge"])
    assert without.post(f"/client-merges/{made['id']}/undo").json["code"] == "merging_assigns"
    assert elsewhere.post(f"/client-merges/{made['id']}/undo").status_code == 404


def test_what_cannot_be_merged_is_said_at_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    who = merger(desk)
    first, second, third, archived = (desk.add()["id"] for _ in range(4))
    assert who.patch(f"/clients/{archived}", {"status": "archived"}).status_code == 200
    assert refusal(who, first, first) == (409, "self")
    assert refusal(who, first, archived) == refusal(who, archived, first) == (409, "archived")
    made = merged(desk, who, first, second)
    assert refusal(who, second, third) == (409, "has_merged")
    preview = who.get("/client-merges/preview/clients", client_id=second, into_client_id=third)
    assert (preview.status_code, preview.json["code"]) == (409, "has_merged")
    assert refusal(who, second, first) == (409, "self"), "the id of who ended means who stays"
    deletion = desk.staff("administration", grants=("clients_delete",))
    assert deletion.send("DELETE", f"/clients/{second}", {"reason": "mistake"}).json["code"] == "has_merged"
    with monkeypatch.context() as few:
        few.setattr(client_families, "FAMILY_MAX", 2)
        assert refusal(who, third, second) == (409, TooManyMerged.code)
    assert refusal(who, first, third)[0] == 308
    parted(desk, who, made["id"])
    again = who.post(f"/client-merges/{made['id']}/undo")
    assert (again.status_code, again.json["code"]) == (409, "not_merged")


@pytest.mark.parametrize("body", WRONG)
def test_bad_input_changes_nothing(desk: Desk, body: Any) -> None:
    response = merger(desk).send("POST", f"/clients/{desk.add()['id']}/merge", body)
    assert response.status_code in (400, 404, 422)
    assert told(desk, "change_proposed") == []


@pytest.mark.abuse("A-ROLE-merge-twice")
def test_what_became_wrong_meanwhile_ends_the_job(desk: Desk) -> None:
    who, first, second, third = merger(desk), *(desk.add()["id"] for _ in range(3))
    begun = proposed(who, first, second)
    archive = "UPDATE clients SET status = 'archived' WHERE id = %s RETURNING 1"
    desk.database.rows(archive, UUID(second))  # as by a change that was on its way when the merge was proposed
    all_agree(desk)
    assert who.get(f"/client-merges/{begun['id']}").json["error"]["code"] == "archived"
    assert who.patch(f"/clients/{second}", {"status": "active"}).status_code == 200
    # Two at once, where both services have let both pass.
    one_way, other_way = proposed(who, first, second), None
    desk.emit(*(answered(desk, service, "ready") for service in SERVICES))
    other_way = proposed(who, second, third)
    desk.emit(*(answered(desk, service, "ready") for service in SERVICES))
    look(desk)
    states = [who.get(f"/client-merges/{each['id']}").json for each in (one_way, other_way)]
    assert [each["state"] for each in states] == ["done", "failed"]
    assert states[1]["error"]["code"] == "has_merged"
    first_undo, second_undo = parting(who, one_way["id"]), None
    desk.emit(*(answered(desk, service, "ready") for service in SERVICES))
    second_undo = parting(who, one_way["id"])
    desk.emit(*(answered(desk, service, "ready") for service in SERVICES))
    look(desk)
    assert first_undo["id"] == second_undo["id"]
    assert desk.desk.get(f"/clients/{first}").status_code == 200
    assert (
        len([event for event in told(desk, "change_decided") if event["kind"] == "unmerge" and event["applies"]]) == 1
    )


@pytest.mark.abuse("A-ROLE-merge-twice")
def test_deleting_and_merging_at_once_leaves_no_half(desk: Desk) -> None:
    who = desk.staff("administration", grants=(*GRANT, "clients_delete"))
    ends, stays = desk.add()["id"], desk.add()["id"]
    begun = proposed(who, ends, stays)
    desk.emit(*(answered(desk, service, "ready") for service in SERVICES))
    deleting = who.send("DELETE", f"/clients/{stays}", {"reason": "mistake"}).json["id"]
    desk.emit(*(answered(desk, service, "ready") for service in SERVICES))
    lease_is_over(desk)
    run_all(desk, commands.MERGE_CLIENTS, DELETE_CLIENT)
    assert who.get(f"/client-merges/{begun['id']}").json["state"] == "done"
    assert job(who, deleting)["error"]["code"] == "has_merged"


@pytest.mark.abuse("A-ROLE-merge-to-see")
def test_nobody_merges_themselves_into_more_cases(desk: Desk) -> None:
    ends, stays = desk.add()["id"], desk.add()["id"]
    narrowed = desk.staff("administration", grants=GRANT, restricts_administration=True)
    assert desk.administrator.put(f"/clients/{ends}/staff/{narrowed.staff_id}").status_code == 200
    assert refusal(narrowed, ends, stays) == (403, "own_cases_only")
    assert desk.administrator.put(f"/clients/{stays}/staff/{narrowed.staff_id}").status_code == 200
    assert proposed(narrowed, ends, stays)


@pytest.mark.abuse("A-ROLE-old-id")
def test_every_address_of_who_ended_leads_to_who_stays(desk: Desk) -> None:
    """Each route below a client, also those that a later feature adds."""
    who = desk.staff("organization_administration", grants=(*GRANT, "clients_delete"))
    ends, stays = desk.add()["id"], desk.add()["id"]
    narrowed = desk.staff("therapist", grants=("assigned_only",))
    merged(desk, who, ends, stays)
    own = [route for route in ROUTES if has_own_address(route.path)]
    assert len(own) >= 11
    for route in own:
        path = PLACEHOLDER.sub(lambda name: ends if name[1] == "client_id" else str(new_id()), route.path)
        path = path.removeprefix("/api/v1")
        body = {
            name: stays if value == "{client_id}" else str(new_id()) if PLACEHOLDER.fullmatch(str(value)) else value
            for name, value in (route.example if route.body and route.example else {}).items()
        }
        response = who.send(route.method, path, body or None)
        assert response.status_code == 308, (route.name, response.text)
        assert response.headers["Location"] == f"/api/v1{path}".replace(ends, stays)
        assert response.json["code"] == "client_merged"
        kept = "SELECT outcome, rule FROM audit_entries WHERE client_id = %s AND actor_id = %s AND action = %s"
        kept += " ORDER BY id DESC LIMIT 1"
        entry = desk.database.rows(kept, UUID(ends), who.staff_id, route.audit or route.name)
        assert entry == [("denied", "client_merged")], route.name
        if route.permission in narrowed.actor.permissions:
            assert narrowed.send(route.method, path, body or None).status_code == 404, route.name
    leads = desk.desk.get(f"/clients/{ends}/staff", limit=5)
    assert leads.headers["Location"].endswith(f"/clients/{stays}/staff?limit=5")


def test_in_a_body_the_id_of_who_ended_means_who_stays(desk: Desk) -> None:
    who, ends, stays = merger(desk), desk.add("Ada", "Early"), desk.add("Ada", "Late")
    merged(desk, who, ends["id"], stays["id"])
    named = desk.desk.post("/clients/lookup", {"ids": [ends["id"], stays["id"]]}).json["items"]
    assert [(item["id"], item["name"], item["merged_into"]) for item in named] == [
        (ends["id"], "Ada Late", stays["id"]),
        (stays["id"], "Ada Late", None),
    ]
    therapist = desk.staff("therapist").staff_id
    started(desk.administrator, therapist, [ends["id"]])
    run_all(desk)
    assert staff_ids(desk, stays["id"]) == staff_ids(desk, ends["id"]) == {therapist}
    teams = desk.administrator.post("/assignments/lookup", {"client_ids": [ends["id"]]}).json["items"]
    assert [(team["client_id"], team["staff_count"]) for team in teams] == [(ends["id"], 1)]
    sister = desk.add("Bea", "Late")["id"]
    at = who.send("PUT", f"/clients/{sister}/related-clients/{ends['id']}", {"kind": "sibling"})
    assert (at.status_code, at.headers["Location"]) == (
        308,
        f"/api/v1/clients/{sister}/related-clients/{stays['id']}",
    )
    third = desk.add("Ada", "Third")["id"]
    begun = proposed(who, third, ends["id"])
    assert begun["into_client_id"] == stays["id"]


def test_other_services_call_who_ended_by_the_name_of_who_stays(desk: Desk) -> None:
    who, ends, stays = merger(desk), desk.add("Ada", "Early")["id"], desk.add("Ada", "Late")["id"]

    def count(statement: str) -> int:
        return int(desk.database.rows(statement, UUID(ends))[0][0])

    made = merged(desk, who, ends, stays)
    of_client = "SELECT count(*) FROM outbox WHERE aggregate_id = %s AND type = 'clients.client_changed.v2'"
    before = count(of_client)
    assert before == 2
    assert who.patch(f"/clients/{stays}", {"family_name": "Later"}).status_code == 200
    assert count(of_client) == before + 1
    assert who.patch(f"/clients/{stays}", {"sex": "female"}).status_code == 200
    assert count(of_client) == before + 1, "only the name is told of"
    parted(desk, who, made["id"])
    assert count(of_client) == before + 2
    assert count("SELECT version FROM clients WHERE id = %s") == before + 2
