"""Numbers of clients, and looking clients up by their ids."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import and_, select

from services.clients.profiles import queries
from services.clients.profiles.models import Client
from services.clients.tests.conftest import Desk
from shared.ids import new_id
from shared.testing.plans import plan_of
from shared.testing.web import ServiceClient


def found(asker: ServiceClient, query: str, **more: Any) -> list[str]:
    """Ids of the clients that a search finds."""
    return [client["id"] for client in asker.post("/clients/search", {"query": query, **more}).json["items"]]


def test_each_practice_counts_its_clients_from_1001(desk: Desk) -> None:
    neighbour = Desk(desk.web, desk.database, desk.worker)
    first, second, theirs = desk.add(), desk.add(family="Carroll"), neighbour.add()
    assert [item["number"] for item in (first, second, theirs)] == [1001, 1002, 1001]
    twin = next(duplicate for duplicate in desk.add()["possible_duplicates"] if duplicate["id"] == first["id"])
    assert twin["number"] == 1001
    shown = [desk.desk.get(f"/clients/{first['id']}").json, *desk.desk.get("/clients", sort="created_at").json["items"]]
    assert [client["number"] for client in shown] == [1001, 1001, 1002, 1003]


def test_a_number_stays_and_nothing_refused_uses_one(desk: Desk) -> None:
    client = desk.add()
    refused = {"given_name": "Ada", "family_name": "Byron", "date_of_birth": "2999-01-01"}
    assert desk.desk.post("/clients", refused).status_code == 422
    changed = desk.desk.patch(f"/clients/{client['id']}", {"status": "archived"}).json
    assert (changed["number"], desk.add(family="Carroll")["number"]) == (1001, 1002)
    assert desk.desk.patch(f"/clients/{client['id']}", {"number": 7}).json["errors"][0]["field"] == "number"


def test_clients_added_at_once_share_no_number(desk: Desk) -> None:
    with ThreadPoolExecutor(8) as pool:
        added = list(pool.map(lambda number: desk.add(family=f"Family{number}"), range(16)))
    assert sorted(item["number"] for item in added) == list(range(1001, 1017))


def test_a_client_is_found_by_number(desk: Desk) -> None:
    first, second, named = desk.add(), desk.add(family="Carroll"), desk.add(family="1077 Dickens")
    assert found(desk.desk, "1002") == found(desk.desk, " 1002 ") == [second["id"]]
    assert found(desk.desk, "1001", status="active") == [first["id"]]
    assert found(desk.desk, "1001", status="archived") == []
    assert found(desk.desk, "1077") == [named["id"]], "digits are a word too"
    assert found(desk.desk, "1002 carroll") == found(desk.desk, "car 1002") == [second["id"]]
    for query in ("100", "10010", "9" * 9, "9" * 30, "1002 byron"):
        assert found(desk.desk, query) == [], query


@pytest.mark.abuse("A-IDOR-by-number")
def test_a_number_finds_nobody_whom_one_may_not_see(desk: Desk) -> None:
    hidden, mine = desk.add(), desk.add(family="Carroll")
    narrowed = desk.staff("therapist", grants=("assigned_only",))
    desk.administrator.put(f"/clients/{mine['id']}/staff/{narrowed.staff_id}")
    assert found(narrowed, str(hidden["number"])) == []
    assert found(narrowed, str(mine["number"])) == [mine["id"]]
    looked_up = narrowed.post("/clients/lookup", {"ids": [hidden["id"], mine["id"]]}).json["items"]
    assert [client["id"] for client in looked_up] == [mine["id"]]
    stranger = Desk(desk.web, desk.database, desk.worker)
    stranger.add()
    assert stranger.desk.post("/clients/lookup", {"ids": [hidden["id"], mine["id"]]}).json == {"items": []}
    assert hidden["id"] not in found(stranger.desk, "1001")


def test_clients_are_looked_up_in_the_order_of_their_ids(desk: Desk) -> None:
    first, second = desk.add(preferred_name="Countess"), desk.add(family="Carroll")
    desk.desk.patch(f"/clients/{second['id']}", {"status": "archived"})
    ids = [second["id"], str(new_id()), first["id"], second["id"]]
    response = desk.desk.post("/clients/lookup", {"ids": ids})
    assert (response.status_code, response.json["items"]) == (
        200,
        [
            {"id": second["id"], "name": "Ada Carroll", "number": 1002, "status": "archived", "merged_into": None},
            {"id": first["id"], "name": "Countess Byron", "number": 1001, "status": "active", "merged_into": None},
        ],
    )
    assert desk.desk.post("/clients/lookup", {"ids": []}).json == {"items": []}


def test_a_look_up_takes_200_ids_and_nothing_else(desk: Desk) -> None:
    many = [str(new_id()) for _ in range(201)]
    assert desk.desk.post("/clients/lookup", {"ids": many[1:]}).status_code == 200
    for wrong, field in (({"ids": many}, "ids"), ({"ids": ["x"]}, "ids.0"), ({}, "ids"), ({"ids": [], "x": 1}, "x")):
        refused = desk.desk.post("/clients/lookup", wrong)
        assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, field)


def test_clients_of_one_status_come_from_an_index_when_sorted_by_number(desk: Desk) -> None:
    actor = desk.desk.actor
    assert actor is not None
    condition = and_(queries.visible(actor), queries.among(actor, "active", None, None))
    plan = plan_of(desk.database, desk.organization_id, select(Client.id).where(condition).order_by(Client.number))
    assert "ix_clients_status_number" in plan and "Sort" not in plan, plan
