"""Tags: words of the practice on clients, the list of those in use, and finding clients by one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from services.clients.profiles import queries
from services.clients.profiles.models import Client
from services.clients.tags import rules
from services.clients.tags.models import ClientTag
from services.clients.tests.conftest import Desk
from shared.testing.plans import plan_of


def found(desk: Desk, tag: str) -> list[str]:
    """Names of the clients with that tag."""
    return [item["given_name"] for item in desk.desk.get("/clients", tag=tag).json["items"]]


def test_tags_are_set_changed_and_found(desk: Desk) -> None:
    ada = desk.add("Ada", tags=["sliding  scale", "Evenings", "Sliding Scale"])
    desk.add("Bea", tags=["Sliding scale"])
    desk.add("Cora")
    assert ada["tags"] == ["Evenings", "sliding scale"], "each once, as written first, by the alphabet"
    assert found(desk, "SLIDING SCALE") == ["Ada", "Bea"]
    assert found(desk, "Sliding") == []
    searched = desk.desk.post("/clients/search", {"query": "byron", "tag": "evenings"}).json["items"]
    assert [item["given_name"] for item in searched] == ["Ada"]
    path = f"/clients/{ada['id']}"
    assert desk.desk.patch(path, {"tags": ["sliding scale", "Evenings"]}).json["version"] == ada["version"]
    assert desk.desk.patch(path, {"tags": ["Evenings"]}).json["tags"] == ["Evenings"]
    assert found(desk, "Sliding scale") == ["Bea"]


def test_the_tags_in_use_are_those_of_clients_whom_one_may_see(desk: Desk) -> None:
    ada = desk.add("Ada", tags=["Evenings", "Sliding scale"])
    desk.add("Bea", tags=["sliding scale", "Court"])
    seen, cursor = [], {}
    while True:
        page = desk.desk.get("/client-tags", limit=1, **cursor).json
        seen += [(item["tag"].lower(), item["client_count"]) for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert seen == [("court", 1), ("evenings", 1), ("sliding scale", 2)]
    narrowed = desk.staff("therapist", grants=("assigned_only",))
    assert narrowed.get("/client-tags").json["items"] == []
    desk.administrator.put(f"/clients/{ada['id']}/staff/{narrowed.staff_id}")
    assert narrowed.get("/client-tags").json["items"] == [
        {"tag": "Evenings", "client_count": 1},
        {"tag": "Sliding scale", "client_count": 1},
    ]
    assert narrowed.get("/clients", tag="court").json["items"] == []


WRONG: list[tuple[Any, str]] = [
    (["x" * 41], "tags.0"),
    ([f"word {number}" for number in range(21)], "tags"),
    (["  "], "tags.0"),
    (["two\nlines"], "tags.0"),
    (None, "tags"),
]


@pytest.mark.parametrize(("wrong", "field"), WRONG, ids=lambda value: str(value)[:20])
def test_wrong_tags_are_named(desk: Desk, wrong: Any, field: str) -> None:
    client = desk.add()
    refused = desk.desk.patch(f"/clients/{client['id']}", {"tags": wrong})
    assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, field)


def test_who_has_a_tag_comes_from_an_index(desk: Desk) -> None:
    plan = plan_of(
        desk.database,
        desk.organization_id,
        select(ClientTag.client_id).where(
            ClientTag.organization_id == desk.organization_id, ClientTag.key == rules.key("Evenings")
        ),
    )
    assert "ix_client_tags_key" in plan, plan
    tagged = queries.among(desk.desk.actor, None, None, None, "Evenings")
    plan = plan_of(
        desk.database,
        desk.organization_id,
        select(Client.id)
        .where(Client.organization_id == desk.organization_id, tagged)
        .order_by(Client.sort_key)
        .limit(51),
    )
    assert "Seq Scan" not in plan, plan


@given(st.lists(st.text(min_size=1, max_size=8)))
def test_tidying_twice_changes_nothing(words: list[str]) -> None:
    once = rules.tidy(words)
    assert rules.tidy(once) == once
    assert len({rules.key(tag) for tag in once}) == len(once)
