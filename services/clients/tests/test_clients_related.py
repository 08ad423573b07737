"""Related clients: what one is to the other seen from both, and that nobody learns of a client by them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest

from services.clients.relations import queries, rules
from services.clients.tests.conftest import Desk
from shared.ids import new_id
from shared.testing.plans import plan_of
from shared.testing.web import ServiceClient


def path(client: dict[str, Any], related: dict[str, Any] | None = None) -> str:
    """Where somebody's related clients stand, or one of them."""
    return f"/clients/{client['id']}/related-clients" + (f"/{related['id']}" if related else "")


def seen(asker: ServiceClient, client: dict[str, Any]) -> list[tuple[str, str]]:
    """Who belongs to the client, and as what."""
    response = asker.get(path(client))
    assert response.status_code == 200, response.text
    return [(item["client_id"], item["kind"]) for item in response.json["items"]]


@pytest.mark.parametrize(("kind", "inverse"), rules.INVERSE.items())
def test_each_of_two_sees_the_other_as_what_they_are(desk: Desk, kind: str, inverse: str) -> None:
    ada, bea = desk.add(), desk.add("Bea", preferred_name="Bee")
    put = desk.desk.send("PUT", path(ada, bea), {"kind": kind})
    assert put.status_code == 200, put.text
    assert {**put.json, "since": ""} == {
        "client_id": bea["id"],
        "number": bea["number"],
        "display_name": "Bee Byron",
        "status": "active",
        "kind": kind,
        "since": "",
    }
    assert desk.desk.get(path(ada)).json["items"] == [put.json]
    assert seen(desk.desk, bea) == [(ada["id"], inverse)]
    assert rules.INVERSE[inverse] == kind


def test_a_relation_is_changed_from_either_side_and_removed_from_either(desk: Desk) -> None:
    ada, bea, cora = desk.add(), desk.add("Bea"), desk.add("Cora")
    first = desk.desk.send("PUT", path(ada, bea), {"kind": "parent"}).json
    desk.desk.send("PUT", path(cora, bea), {"kind": "parent"})
    assert desk.desk.send("PUT", path(ada, bea), {"kind": "parent"}).json == first, "what is so already changes nothing"
    assert desk.desk.send("PUT", path(bea, ada), {"kind": "ward"}).status_code == 200
    assert (seen(desk.desk, ada), seen(desk.desk, cora)) == ([(bea["id"], "guardian")], [(bea["id"], "parent")])
    assert desk.desk.delete(path(bea, ada)).status_code == 204
    assert (seen(desk.desk, ada), seen(desk.desk, bea)) == ([], [(cora["id"], "child")])
    assert desk.desk.delete(path(ada, bea)).status_code == 404
    rows = desk.database.rows(
        "SELECT object_id, client_ids, details FROM audit_entries WHERE action = 'put_related_client'"
        " AND object_id = %s AND organization_id = %s",
        *(ada["id"], desk.organization_id),
    )
    assert [(row[0], set(row[1]), row[2]) for row in rows] == [
        (UUID(ada["id"]), {UUID(ada["id"]), UUID(bea["id"])}, {"kind": "ward"})
    ]


def test_archived_clients_stay_and_deleted_ones_go(desk: Desk) -> None:
    ada, bea = desk.add(), desk.add("Bea")
    desk.desk.send("PUT", path(ada, bea), {"kind": "partner"})
    desk.desk.patch(f"/clients/{bea['id']}", {"status": "archived"})
    assert [item["status"] for item in desk.desk.get(path(ada)).json["items"]] == ["archived"]
    desk.database.rows("DELETE FROM clients WHERE id = %s RETURNING 1", bea["id"])
    assert seen(desk.desk, ada) == []
    assert desk.database.rows("SELECT 1 FROM client_relations WHERE organization_id = %s", desk.organization_id) == []


@pytest.mark.abuse("A-IDOR-by-relation")
def test_nobody_learns_of_a_client_whom_they_may_not_see(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    mine, shared, hidden = desk.add(), desk.add("Bea"), desk.add("Cora")
    narrowed = desk.staff("therapist", grants=("assigned_only",))
    for client in (mine, shared):
        desk.administrator.put(f"/clients/{client['id']}/staff/{narrowed.staff_id}")
    desk.desk.send("PUT", path(mine, hidden), {"kind": "parent"})
    nobody = {"id": str(new_id())}
    assert seen(narrowed, mine) == [] and narrowed.get(path(hidden)).status_code == 404
    for method, body in (("PUT", {"kind": "sibling"}), ("DELETE", None)):
        answers = [narrowed.send(method, path(mine, other), body) for other in (hidden, nobody)]
        assert [(response.status_code, response.json["code"]) for response in answers] == [(404, "not_found")] * 2
        assert narrowed.send(method, path(hidden, mine), body).status_code == 404
    assert seen(desk.desk, mine) == [(hidden["id"], "parent")], "nothing was changed"
    monkeypatch.setattr(rules, "RELATED_MAX", 1)
    assert narrowed.send("PUT", path(mine, shared), {"kind": "other"}).status_code == 200, "the limit tells of nobody"
    elsewhere = Desk(desk.web, desk.database, desk.worker)
    foreign = elsewhere.add()
    assert desk.desk.send("PUT", path(mine, foreign), {"kind": "other"}).status_code == 404
    assert elsewhere.desk.get(path(mine)).status_code == 404


def test_what_is_wrong_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    ada, bea, cora = desk.add(), desk.add("Bea"), desk.add("Cora")
    itself = desk.desk.send("PUT", path(ada, ada), {"kind": "sibling"})
    assert (itself.status_code, itself.json["code"]) == (409, "same_client")
    for wrong in ({}, {"kind": "friend"}, {"kind": None}, {"kind": "other", "note": "x"}):
        assert desk.desk.send("PUT", path(ada, bea), wrong).status_code == 422, wrong
    monkeypatch.setattr(rules, "RELATED_MAX", 1)
    assert desk.desk.send("PUT", path(bea, ada), {"kind": "other"}).status_code == 200
    for whose, other in ((ada, cora), (cora, ada)):
        full = desk.desk.send("PUT", path(whose, other), {"kind": "other"})
        assert (full.status_code, full.json["code"]) == (409, "too_many_related")
    assert desk.desk.send("PUT", path(ada, bea), {"kind": "sibling"}).status_code == 200, "what is there can be changed"
    reads = desk.web.as_program("clients:read", organization_id=desk.organization_id)
    assert seen(reads, ada) == [(bea["id"], "sibling")]
    assert reads.delete(path(ada, bea)).status_code == 403


def test_two_who_relate_the_same_clients_at_once_wait_in_turn(desk: Desk) -> None:
    ada, bea = desk.add(), desk.add("Bea")
    with ThreadPoolExecutor(4) as pool:
        ways = [(ada, bea), (bea, ada)] * 4
        answers = list(pool.map(lambda way: desk.desk.send("PUT", path(*way), {"kind": "sibling"}).status_code, ways))
    assert set(answers) == {200}
    assert seen(desk.desk, ada) == [(bea["id"], "sibling")]


def test_the_list_comes_from_its_key_in_pages(desk: Desk) -> None:
    ada = desk.add()
    others = [desk.add(f"Bea{number}")["id"] for number in range(3)]
    for other in reversed(others):
        desk.desk.send("PUT", path(ada, {"id": other}), {"kind": "other"})
    first = desk.desk.get(path(ada), limit=2).json
    rest = desk.desk.get(path(ada), limit=2, cursor=first["next_cursor"]).json
    assert [item["client_id"] for item in first["items"] + rest["items"]] == others and rest["next_cursor"] is None
    assert desk.desk.actor is not None
    plan = plan_of(desk.database, desk.organization_id, queries.related(desk.desk.actor, new_id()))
    assert "pk_client_relations" in plan and "Seq Scan" not in plan, plan
