"""Basic client data: adding, finding, changing, assigning, and who sees whom."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from services.clients.assignments.commands import assign_through_case
from services.clients.profiles.rules import duplicate_reason, search_tokens
from services.clients.tests.conftest import Desk
from shared.actor import Actor
from shared.ids import new_id


def test_a_client_is_found_by_the_beginnings_of_any_of_their_names(desk: Desk) -> None:
    found = desk.add("María-José", "O'Neil", preferred_name="Majo")
    desk.add("Mark", "Nielsen")
    for query in ("mar nei", "jose", "MAJO", "o'nei", "maria"):
        items = desk.desk.post("/clients/search", {"query": query}).json["items"]
        assert found["id"] in [one["id"] for one in items], query
    assert len(desk.desk.post("/clients/search", {"query": "mar"}).json["items"]) == 2
    for query in ("%", "_", "eil", "zzz"):
        assert desk.desk.post("/clients/search", {"query": query}).json["items"] == [], query


def test_a_search_walks_the_prefix_index_and_not_the_table(desk: Desk) -> None:
    def fill(session: Any) -> None:
        session.execute(
            text(
                "INSERT INTO clients (organization_id, id, version, given_name, family_name, date_of_birth, sex,"
                " status, created_at) SELECT :o, gen_random_uuid(), 1, 'Given' || n, 'Family' || n, '1990-01-01',"
                " 'unknown', 'active', now() FROM generate_series(1, 20000) n"
            ),
            {"o": desk.organization_id},
        )
        session.execute(
            text(
                "INSERT INTO client_tokens SELECT organization_id, id, lower(family_name) FROM clients"
                " WHERE organization_id = :o"
            ),
            {"o": desk.organization_id},
        )

    desk.worker.run(fill, desk.organization_id)
    desk.database.rows("SELECT 1 FROM (SELECT 1) AS one")
    import psycopg

    with psycopg.connect(desk.database.admin_url, autocommit=True) as connection:
        connection.execute("ANALYZE clients")
        connection.execute("ANALYZE client_tokens")
        plan = connection.execute(
            "EXPLAIN SELECT client_id FROM client_tokens WHERE organization_id = %s AND token LIKE 'family1999%%'",
            [desk.organization_id],
        ).fetchall()
    assert "ix_client_tokens_prefix" in str(plan)
    assert len(desk.desk.post("/clients/search", {"query": "family1999"}).json["items"]) == 11


def test_who_may_be_the_same_person_is_said_at_once(desk: Desk) -> None:
    first = desk.add("Robert", "Stone", "1980-05-05", phone="(202) 555-0111")
    assert first["possible_duplicates"] == []
    same = desk.add("Robert", "Stone", "1980-05-05")
    assert [one["reason"] for one in same["possible_duplicates"]] == ["same_name_and_birth_date"]
    nickname = desk.add("Bob", "Stone", "1980-05-05", phone="202-555-0111")
    assert {one["reason"] for one in nickname["possible_duplicates"]} >= {"same_contact"}
    assert desk.add("Robert", "Else", "1999-09-09")["possible_duplicates"] == []


def test_changes_are_merged_and_stale_ones_refused(desk: Desk) -> None:
    client = desk.add(email="ada@example.org")
    path = f"/clients/{client['id']}"
    changed = desk.desk.patch(path, {"preferred_name": "Countess", "email": None}, If_Match='"1"')
    assert (changed.json["display_name"], changed.json["email"]) == ("Countess Byron", None)
    assert changed.headers["ETag"] == '"2"'
    assert desk.desk.patch(path, {"preferred_name": "x"}, If_Match='"1"').status_code == 412
    assert desk.desk.get(path).json["preferred_name"] == "Countess"


WRONG: list[dict[str, Any]] = [
    {"date_of_birth": "2999-01-01"},
    {"date_of_birth": "1890-01-01"},
    {"date_of_birth": "31.12.1990"},
    {"given_name": "   "},
    {"given_name": "x" * 101},
    {"email": "nobody"},
    {"phone": "call me"},
    {"sex": "other"},
    {"time_zone": "Mars/Base"},
    {"address": {"line1": "x", "city": "y", "state": "New York", "postal_code": "1"}},
    {"organization_id": "11111111-1111-1111-1111-111111111111"},
]


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_wrong_values_are_named_and_nothing_is_stored(desk: Desk, wrong: dict[str, Any]) -> None:
    body = {"given_name": "Ada", "family_name": "Byron", "date_of_birth": "1990-01-02", **wrong}
    refused = desk.desk.post("/clients", body)
    assert refused.status_code == 422
    assert refused.json["errors"][0]["field"].startswith(next(iter(wrong)))
    assert desk.desk.get("/clients").json["items"] == []


def test_pages_hold_every_client_once(desk: Desk) -> None:
    wanted = {desk.add(family=f"F{n % 3}")["id"] for n in range(7)}
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = desk.desk.get("/clients", limit=2, **cursor).json
        seen += [one["id"] for one in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert sorted(seen) == sorted(wanted)


def test_assigning_needs_the_permission_and_somebody_active(desk: Desk) -> None:
    client = desk.add()
    therapist, gone = desk.staff("therapist"), desk.staff("therapist", active=False)
    path = f"/clients/{client['id']}/staff"
    assert desk.desk.put(f"{path}/{therapist.staff_id}").status_code == 403
    granted = desk.staff("default", grants=("staff_assign",))
    assert granted.put(f"{path}/{therapist.staff_id}").status_code == 200
    assert desk.administrator.put(f"{path}/{therapist.staff_id}").status_code == 200, "again is no harm"
    assert desk.administrator.put(f"{path}/{gone.staff_id}").json["code"] == "staff_not_active"
    assert desk.administrator.put(f"{path}/{new_id()}").status_code == 404
    assert desk.administrator.delete(f"{path}/{therapist.staff_id}").json["assigned"] is False
    assert desk.administrator.delete(f"{path}/{therapist.staff_id}").status_code == 404
    history = desk.database.rows(
        f"SELECT change, by_staff_id FROM assignment_changes WHERE client_id = '{client['id']}' ORDER BY at"
    )
    assert history == [("assigned", granted.staff_id), ("unassigned", desk.administrator.staff_id)]


def test_who_sees_assigned_clients_only_sees_no_other_anywhere(desk: Desk) -> None:
    narrowed = desk.staff("therapist", grants=("assigned_only",))
    other = desk.add("Secret", "Person", "1980-05-05", phone="202-555-0111")
    assert narrowed.get("/clients").json["items"] == []
    assert narrowed.post("/clients/search", {"query": "secret"}).json["items"] == []
    assert narrowed.get(f"/clients/{other['id']}").status_code == 404
    assert narrowed.patch(f"/clients/{other['id']}", {"pronouns": "x"}).status_code == 404
    body = {"given_name": "Secret", "family_name": "Person", "date_of_birth": "1980-05-05"}
    added = narrowed.post("/clients", body).json
    assert added["possible_duplicates"] == [], "not even as a likely duplicate"
    assert [one["id"] for one in narrowed.get("/clients").json["items"]] == [added["id"]]


def test_any_order_of_joining_and_assigning_ends_in_one_assignment(desk: Desk) -> None:
    therapist = desk.staff("therapist")
    for order in itertools.permutations(["case", "case", "assign"]):
        client = desk.add()
        for step in order:
            if step == "assign":
                desk.administrator.put(f"/clients/{client['id']}/staff/{therapist.staff_id}")
            else:
                actor = Actor.of_service("clients", desk.organization_id)
                desk.worker.run(
                    lambda s, a=actor, c=client: assign_through_case(s, a, c["id"], therapist.staff_id, new_id()),
                    desk.organization_id,
                )
        question = f"SELECT 1 FROM outbox WHERE aggregate_id = '{client['id']}' AND type LIKE '%assigned%'"
        assert len(desk.database.rows(question)) == 1


names = st.text(alphabet="abcdeÀéß -'", min_size=1, max_size=20)


@given(names, names)
def test_every_word_of_a_name_finds_it(given_name: str, family: str) -> None:
    tokens = search_tokens(f"{given_name} {family}")
    assert all(token == token.casefold() and " " not in token for token in tokens)
    assert len(tokens) == len(set(tokens)) <= 6


@given(st.sets(st.sampled_from("abc")), st.sets(st.sampled_from("abc")), st.booleans(), st.booleans())
def test_likely_duplicates_are_mutual(one: set[str], other: set[str], same_birth: bool, same_phone: bool) -> None:
    from datetime import date

    born = (date(1990, 1, 1), date(1990, 1, 1) if same_birth else date(1991, 1, 1))
    phones = ({"1"}, {"1"} if same_phone else {"2"})
    there = duplicate_reason(one, born[0], phones[0], other, born[1], phones[1])
    back = duplicate_reason(other, born[1], phones[1], one, born[0], phones[0])
    assert there == back
