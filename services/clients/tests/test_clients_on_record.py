"""What the audit trail says of clients: whose data were seen, by which rule, and again on a repeated request."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.clients.tests.conftest import Desk
from shared.testing.web import ServiceClient


def entries(desk: Desk, asker: ServiceClient, action: str) -> list[tuple[Any, ...]]:
    """(outcome, rule, clients, details) of what somebody did, in order."""
    return desk.database.rows(
        "SELECT outcome, rule, client_ids, details FROM audit_entries WHERE actor_id = %s AND action = %s ORDER BY id",
        asker.actor_id,
        action,
    )


def test_a_list_names_everybody_on_it(desk: Desk) -> None:
    ids = {UUID(desk.add(family=family)["id"]) for family in ("Byron", "Carroll", "Dickens")}
    first = desk.desk.get("/clients", limit=2).json
    desk.desk.get("/clients", limit=2, cursor=first["next_cursor"])
    (_, rule, listed_ids, _), (_, _, two, _) = entries(desk, desk.desk, "clients.list")
    assert (len(listed_ids), len(two), {*listed_ids, *two}, rule) == (2, 1, ids, "everybody")


def test_a_search_names_whom_it_found_and_nobody_else(desk: Desk) -> None:
    found = UUID(desk.add(family="Byron")["id"])
    desk.add(family="Carroll")
    desk.desk.post("/clients/search", {"query": "byr"})
    desk.desk.post("/clients/search", {"query": "nobody"})
    assert [row[2] for row in entries(desk, desk.desk, "clients.search")] == [[found], []]


def test_a_look_up_names_whom_it_showed_and_nobody_else(desk: Desk) -> None:
    found, elsewhere = UUID(desk.add()["id"]), UUID(Desk(desk.web, desk.database, desk.worker).add()["id"])
    desk.desk.post("/clients/lookup", {"ids": [str(elsewhere), str(found)]})
    ((_, rule, shown, _),) = entries(desk, desk.desk, "clients.lookup")
    assert (rule, shown) == ("everybody", [found])


def test_a_possible_duplicate_was_shown_too(desk: Desk) -> None:
    first, second = (UUID(desk.add()["id"]) for _ in range(2))
    assert [row[2] for row in entries(desk, desk.desk, "post_client")] == [[first], [second, first]]


def test_by_which_rule_a_client_was_seen(desk: Desk) -> None:
    client = desk.add()
    colleague, narrowed = desk.staff("therapist"), desk.staff("therapist", grants=("assigned_only",))
    path = f"/clients/{client['id']}"
    for asker, status in ((colleague, 200), (narrowed, 404)):
        assert asker.get(path).status_code == status
        desk.administrator.put(f"{path}/staff/{asker.staff_id}")
        assert asker.get(path).status_code == 200
        asker.get("/clients")
    client_ids = [UUID(client["id"])]
    seen = entries(desk, colleague, "client.read")
    assert [row[:3] for row in seen] == [("done", "everybody", client_ids), ("done", "assigned", client_ids)]
    seen = entries(desk, narrowed, "client.read")
    assert [row[:3] for row in seen] == [("denied", "not_found", client_ids), ("done", "assigned", client_ids)]
    assert entries(desk, narrowed, "clients.list")[0][1:3] == ("assigned", client_ids)
    assert {row[1] for row in entries(desk, desk.administrator, "put_client_staff")} == {"level"}


def test_a_program_sees_everybody_is_assigned_to_nobody_and_is_named_by_its_own_id(desk: Desk) -> None:
    program = desk.web.as_program(
        "clients:create", "clients:read", "assignments:change", organization_id=desk.organization_id
    )
    therapist = desk.staff("therapist")
    client_id = program.post(
        "/clients", {"given_name": "Ada", "family_name": "Byron", "date_of_birth": "1990-01-02"}
    ).json["id"]
    path = f"/clients/{client_id}"
    assert program.get(path).status_code == 200
    assert desk.desk.get(f"{path}/staff").json["items"] == []
    assert program.put(f"{path}/staff/{therapist.staff_id}").status_code == 200
    changes = desk.database.rows("SELECT by_staff_id FROM assignment_changes WHERE client_id = %s", client_id)
    assert changes == [(program.actor_id,)]
    for action, rule in {"post_client": "level", "client.read": "everybody", "put_client_staff": "level"}.items():
        assert [row[:3] for row in entries(desk, program, action)] == [("done", rule, [UUID(client_id)])], action
    refused = program.get(f"{path}/staff")
    assert (refused.status_code, refused.json["code"]) == (403, "forbidden")


def test_an_answer_given_again_is_on_record_again(desk: Desk) -> None:
    body = {"given_name": "Ada", "family_name": "Byron", "date_of_birth": "1990-01-02"}
    first, again = (desk.desk.post("/clients", body, Idempotency_Key="a-key") for _ in range(2))
    assert again.headers["Idempotency-Replayed"] == "true" and again.json == first.json
    rows = entries(desk, desk.desk, "post_client")
    assert [(row[2], row[3]) for row in rows] == [
        ([UUID(first.json["id"])], {}),
        ([UUID(first.json["id"])], {"replayed": True}),
    ]
    objects = desk.database.rows("SELECT object_id FROM audit_entries WHERE actor_id = %s", desk.desk.staff_id)
    assert objects == [(UUID(first.json["id"]),)] * 2


def test_a_search_is_never_answered_from_memory(desk: Desk) -> None:
    narrowed = desk.staff("therapist", grants=("assigned_only",))
    client = desk.add()
    path = f"/clients/{client['id']}/staff/{narrowed.staff_id}"
    desk.administrator.put(path)
    search = {"query": "byron"}
    assert narrowed.post("/clients/search", search, Idempotency_Key="k").json["items"]
    desk.administrator.delete(path)
    again = narrowed.post("/clients/search", search, Idempotency_Key="k")
    assert again.json["items"] == [] and "Idempotency-Replayed" not in again.headers
    other = narrowed.post("/clients/search", {"query": "carroll"}, Idempotency_Key="k" * 300)
    assert other.status_code == 200, "the header means nothing here"


def test_a_list_that_shows_nobody_was_opened_by_no_rule(desk: Desk) -> None:
    desk.add(family="Byron")
    narrowed = desk.staff("therapist", grants=("assigned_only",))
    narrowed.get("/clients")
    narrowed.post("/clients/search", {"query": "byron"})
    desk.desk.post("/clients/search", {"query": "nobody"})
    for asker, action in ((narrowed, "clients.list"), (narrowed, "clients.search"), (desk.desk, "clients.search")):
        assert [row[:3] for row in entries(desk, asker, action)] == [("done", "nothing_shown", [])], action
