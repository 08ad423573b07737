"""Responsible people: who pays which share of a client from when until when, changed and ended with its history."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from services.clients.responsible_people import queries, rules
from services.clients.tests.conftest import Desk
from services.clients.tests.merging import merged, merger, parted
from shared import clock
from shared.ids import new_id
from shared.testing.plans import plan_of
from shared.testing.web import ServiceClient

HOME = {"line1": "1 Main St", "line2": None, "city": "New York", "state": "NY", "postal_code": "10001"}
SIXTY = {"kind": "percent", "percent": 60}
FORTY = {"kind": "percent", "percent": 40}


def path(client: dict[str, Any], more: str = "") -> str:
    return f"/clients/{client['id']}/responsible-people{more}"


def of(person: dict[str, Any]) -> str:
    return f"/responsible-people/{person['id']}"


def body(name: str, share: dict[str, Any], first: str = "2026-03-01", **more: Any) -> dict[str, Any]:
    return {"given_name": name, "family_name": "Quint", "share": share, "effective_from": first, **more}


def add(desk: Desk, client: dict[str, Any], name: str, share: dict[str, Any], *days: str, **more: Any) -> Any:
    response = desk.desk.post(path(client), body(name, share, *days, **more))
    assert response.status_code == 201, response.text
    return response.json


def seen(asker: ServiceClient, client: dict[str, Any], **query: Any) -> list[str]:
    response = asker.get(path(client), **query)
    assert response.status_code == 200, response.text
    return [item["given_name"] for item in response.json["items"]]


def refused(response: Any) -> tuple[int, str, str]:
    problem = response.json
    return response.status_code, problem["code"], problem["errors"][0]["field"] if problem["errors"] else ""


def test_two_parents_share_what_a_client_costs(desk: Desk) -> None:
    child = desk.add()
    rosa = add(desk, child, "Rosa", SIXTY, email="rosa@example.org", address=HOME)
    assert rosa["share"] == {**SIXTY, "cents": None, "service_type_id": None}
    assert (rosa["version"], rosa["client_id"], rosa["address"], rosa["effective_to"]) == (1, child["id"], HOME, None)
    assert desk.desk.get(of(rosa)).json == rosa
    too_much = desk.desk.post(path(child), body("Luis", {"kind": "percent", "percent": 41}))
    assert refused(too_much) == (422, "over_100_percent", "share.percent")
    assert too_much.json["errors"][0]["value"] == "40"
    add(desk, child, "Luis", FORTY)
    again = desk.desk.post(path(child), body("rosa", {"kind": "fixed", "cents": 500}, email="Rosa@example.org"))
    assert refused(again)[0] == 422 and again.json["errors"][0]["code"] == "two_shares"
    add(desk, child, "Gran", {"kind": "rest"})
    rests = desk.desk.post(path(child), body("Opa", {"kind": "rest", "service_type_id": str(new_id())}))
    assert (rests.status_code, rests.json["errors"][0]["code"]) == (422, "two_rests")
    assert seen(desk.desk, child) == ["Rosa", "Luis", "Gran"]


def test_a_share_ends_and_stays_on_record(desk: Desk) -> None:
    child = desk.add()
    rosa = add(desk, child, "Rosa", {"kind": "percent", "percent": 100})
    ended = desk.desk.patch(of(rosa), {"effective_to": "2026-05-31"}, **{"If-Match": '"1"'})
    assert (ended.status_code, ended.json["version"], ended.json["effective_to"]) == (200, 2, "2026-05-31")
    assert desk.desk.patch(of(rosa), {"effective_to": "2026-05-31"}).json["version"] == 2, "nothing is different"
    stale = desk.desk.patch(of(rosa), {"effective_to": None}, **{"If-Match": '"1"'})
    assert stale.status_code == 412
    luis = add(desk, child, "Luis", {"kind": "percent", "percent": 100}, "2026-06-01")
    assert [seen(desk.desk, child, on=day) for day in ("2026-02-28", "2026-05-31", "2026-06-01")] == [
        [],
        ["Rosa"],
        ["Luis"],
    ]
    assert seen(desk.desk, child) == ["Rosa", "Luis"]
    assert refused(desk.desk.patch(of(rosa), {"effective_to": None})) == (422, "over_100_percent", "share.percent")
    backwards = desk.desk.patch(of(luis), {"effective_to": "2026-05-31"})
    assert (backwards.status_code, backwards.json["errors"][0]["code"]) == (422, "before_from")
    assert refused(desk.desk.delete(of(rosa))) == (409, "was_in_force", "")
    history = desk.desk.get(path(child, "/history")).json["items"]
    assert [(item["change"], item["responsible_person_id"]) for item in history] == [
        ("added", luis["id"]),
        ("changed", rosa["id"]),
        ("added", rosa["id"]),
    ]
    assert [history[1][when]["effective_to"] for when in ("before", "after")] == [None, "2026-05-31"]
    assert (history[2]["before"], history[2]["after"]["share"]) == (None, rosa["share"])


def test_what_never_counted_is_removed_and_the_history_keeps_it(desk: Desk) -> None:
    child = desk.add()
    soon = (clock.today("UTC") + timedelta(days=2)).isoformat()
    rosa = add(desk, child, "Rosa", {"kind": "cap", "cents": 20000}, soon)
    assert desk.desk.send("DELETE", of(rosa), None, {"If-Match": '"2"'}).status_code == 412
    assert desk.desk.delete(of(rosa)).status_code == 204
    assert desk.desk.get(of(rosa)).status_code == 404 and seen(desk.desk, child) == []
    removed = desk.desk.get(path(child, "/history")).json["items"][0]
    assert (removed["change"], removed["before"]["given_name"], removed["after"]) == ("removed", "Rosa", None)


def test_what_is_wrong_is_refused_by_its_name(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    child = desk.add()
    for share, field in (
        ({"kind": "percent"}, "share.percent"),
        ({"kind": "percent", "percent": 101}, "share.percent"),
        ({"kind": "fixed"}, "share.cents"),
        ({"kind": "cap", "cents": 100, "percent": 5}, "share.percent"),
        ({"kind": "rest", "cents": 1}, "share.cents"),
        ({"kind": "half"}, "share.kind"),
    ):
        assert refused(desk.desk.post(path(child), body("Rosa", share))) == (422, "invalid", field), share
    monkeypatch.setattr(rules, "EVER_MAX", 1)
    add(desk, child, "Rosa", SIXTY)
    assert refused(desk.desk.post(path(child), body("Luis", FORTY))) == (409, "too_many_responsible", "")


def test_who_may_not_see_the_client_learns_of_nobody(desk: Desk) -> None:
    child = desk.add()
    rosa = add(desk, child, "Rosa", SIXTY)
    narrowed = desk.staff("therapist", grants=("assigned_only",))
    reads = desk.web.as_program("clients:read", organization_id=desk.organization_id)
    elsewhere = Desk(desk.web, desk.database, desk.worker).desk
    for asker in (narrowed, elsewhere):
        statuses = [
            asker.get(path(child)).status_code,
            asker.get(path(child, "/history")).status_code,
            asker.post(path(child), body("Eve", FORTY)).status_code,
            asker.get(of(rosa)).status_code,
            asker.patch(of(rosa), {"given_name": "Eve"}).status_code,
            asker.delete(of(rosa)).status_code,
        ]
        assert statuses == [404] * 6
    assert seen(reads, child) == ["Rosa"]
    assert [reads.patch(of(rosa), {"given_name": "Eve"}).status_code, reads.delete(of(rosa)).status_code] == [403] * 2
    desk.administrator.put(f"/clients/{child['id']}/staff/{narrowed.staff_id}")
    assert narrowed.patch(of(rosa), {"given_name": "Rose"}).status_code == 200
    rows = desk.database.rows(
        "SELECT object_id::text, client_ids::text[], details FROM audit_entries"
        " WHERE action = 'patch_responsible_person' AND details ? 'fields' AND organization_id = %s",
        desk.organization_id,
    )
    assert rows == [(rosa["id"], [child["id"]], {"fields": ["given_name"]})], "no name is on record"


def test_two_who_add_at_once_do_not_both_get_the_last_percents(desk: Desk) -> None:
    child = desk.add()
    with ThreadPoolExecutor(4) as pool:
        names = [f"Rosa{number}" for number in range(4)]
        codes = list(pool.map(lambda name: desk.desk.post(path(child), body(name, SIXTY)).status_code, names))
    assert sorted(codes) == [201, 422, 422, 422]


def test_of_merged_clients_those_count_that_agree_and_the_others_are_set_aside(desk: Desk) -> None:
    who, stays, ends, third = merger(desk), desk.add(), desk.add("Adah"), desk.add("Ade")
    rosa = add(desk, stays, "Rosa", SIXTY)
    luis, gran = add(desk, ends, "Luis", SIXTY), add(desk, ends, "Gran", FORTY)
    add(desk, ends, "Opa", {"kind": "fixed", "cents": 100}, "2026-01-01", effective_to="2026-01-31")
    add(desk, third, "Rosa", SIXTY)  # the same once more
    preview = who.get("/client-merges/preview/clients", client_id=ends["id"], into_client_id=stays["id"]).json
    assert (preview["moves"]["responsible_people"], preview["left"]["responsible_people"]) == (3, 1)
    merge = merged(desk, who, ends["id"], stays["id"])
    assert (merge["came_along"]["responsible_people"], merge["left"]["responsible_people"]) == (2, 1)
    again = merged(desk, who, third["id"], stays["id"])
    assert (again["came_along"]["responsible_people"], again["left"]["responsible_people"]) == (0, 0)
    assert seen(desk.desk, stays) == ["Opa", "Rosa", "Luis", "Gran", "Rosa"]
    assert seen(desk.desk, stays, on="2026-03-02") == ["Rosa", "Gran"]
    assert len(desk.desk.get(path(stays, "/history")).json["items"]) == 5
    aside = desk.desk.get(of(luis)).json
    assert (aside["client_id"], aside["set_aside"], aside["version"]) == (ends["id"], True, 2)
    assert refused(desk.desk.patch(of(luis), {}))[:2] == (422, "over_100_percent"), "it says why it does not count"
    shorter = desk.desk.patch(of(luis), {"effective_to": "2026-08-31"})
    assert (shorter.status_code, shorter.json["set_aside"]) == (200, True)
    assert desk.desk.patch(of(rosa), {"effective_to": "2026-02-28", "effective_from": "2026-02-01"}).status_code == 200
    counts = desk.desk.patch(of(luis), {})
    assert (counts.status_code, counts.json["set_aside"]) == (200, False), "saved again, it counts"
    assert desk.desk.get(of(gran)).json["version"] == 1
    parted(desk, who, merge["id"])
    parted(desk, who, again["id"])
    assert [seen(desk.desk, each) for each in (stays, third, ends)] == [["Rosa"], ["Rosa"], ["Opa", "Luis", "Gran"]]
    every = [item for each in (stays, third, ends) for item in desk.desk.get(path(each)).json["items"]]
    assert not any(item["set_aside"] for item in every)


def test_they_go_with_a_client_who_is_deleted(desk: Desk) -> None:
    child = desk.add()
    add(desk, child, "Rosa", SIXTY)
    desk.database.rows("DELETE FROM clients WHERE id = %s RETURNING 1", child["id"])
    for table in ("responsible_people", "responsible_changes"):
        assert desk.database.rows(f"SELECT 1 FROM {table} WHERE organization_id = %s", desk.organization_id) == []


def test_both_lists_come_from_their_index(desk: Desk) -> None:
    child = desk.add()
    for number in range(3):
        add(desk, child, f"Rosa{number}", {"kind": "fixed", "cents": 100}, f"2026-03-0{3 - number}")
    first = desk.desk.get(path(child), limit=2).json
    rest = desk.desk.get(path(child), limit=2, cursor=first["next_cursor"]).json
    assert [item["given_name"] for item in first["items"] + rest["items"]] == ["Rosa2", "Rosa1", "Rosa0"]
    assert desk.desk.actor is not None
    plan = plan_of(desk.database, desk.organization_id, queries.listed(desk.desk.actor, [new_id()]))
    assert "ix_responsible_people_client" in plan and "Seq Scan" not in plan, plan
