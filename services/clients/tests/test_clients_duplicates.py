"""Clients who may be the same person: found in pairs, listed for who may see both, and dismissed."""

from __future__ import annotations

from datetime import date
from itertools import combinations
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import select

from services.clients.duplicates import finder, rules
from services.clients.duplicates.finder import PairFinder, who_share
from services.clients.duplicates.models import ClientPair
from services.clients.matching.rules import likeness_of
from services.clients.profiles.rules import known_as
from services.clients.tests.conftest import Desk
from shared.ids import new_id
from shared.testing.plans import plan_of
from shared.testing.web import ServiceClient

CROWD = 60


def find(desk: Desk) -> None:
    """Have every client of this practice that is marked looked at; those of other tests may be thousands."""
    others = "DELETE FROM client_pair_marks WHERE organization_id <> %s RETURNING 1"
    desk.database.rows(others, desk.organization_id)
    looking = PairFinder(desk.worker)
    while looking.find_some():
        pass


def listed(who: ServiceClient, **query: Any) -> list[dict[str, Any]]:
    """The pairs that somebody sees."""
    response = who.get("/client-duplicates", **query)
    assert response.status_code == 200, response.text
    return list(response.json["items"])


def clients_of(pair: dict[str, Any]) -> set[str]:
    """Both clients of a pair."""
    return set(pair["client_ids"])


def pair_of_two(desk: Desk) -> dict[str, Any]:
    """A pair of two clients with the same name and birthday."""
    desk.add()
    desk.add()
    find(desk)
    (pair,) = listed(desk.desk)
    return pair


def test_pairs_are_found_with_what_agrees_and_the_likeliest_come_first(desk: Desk) -> None:
    first = desk.add("Robert", "Łuczak", phone="+12125550142")
    alike = desk.add("Bob", "Luczak", phone="+12125550142")
    same = desk.add("Luczak", "Robert")
    desk.add("Bea", "Noether", phone="+12125550142", born="1960-01-02")
    find(desk)
    pairs = listed(desk.desk)
    agreeing = {frozenset(clients_of(pair)): (pair["score"], pair["reasons"]) for pair in pairs}
    assert agreeing == {
        frozenset({first["id"], same["id"]}): (100, ["same_name_and_birth_date"]),
        frozenset({first["id"], alike["id"]}): (80, ["same_contact", "similar_name"]),
        frozenset({same["id"], alike["id"]}): (60, ["similar_name"]),
    }
    assert [pair["score"] for pair in pairs] == [100, 80, 60]
    for pair in pairs:
        assert [client["id"] for client in pair["clients"]] == pair["client_ids"]
    shown = {client["id"]: client for pair in pairs for client in pair["clients"]}[first["id"]]
    assert shown == {name: first[name] for name in shown}, "as the profile says it"
    assert (shown["family_name"], shown["phone"]) == ("Łuczak", "+12125550142")
    page = desk.desk.get("/client-duplicates", limit=2).json
    rest = desk.desk.get("/client-duplicates", limit=2, cursor=page["next_cursor"]).json
    assert (page["items"] + rest["items"], rest["next_cursor"]) == (pairs, None)
    assert desk.desk.get(f"/client-duplicates/{pairs[0]['id']}").json == pairs[0]


@pytest.mark.parametrize(
    ("changes", "left"),
    [
        ({"date_of_birth": "1971-05-06"}, []),
        ({"given_name": "Mina", "family_name": "Rask"}, []),
        ({"given_name": "Adele"}, [60]),
        ({"pronouns": "she/her"}, [100]),
    ],
)
def test_a_change_brings_the_pairs_up_to_date(desk: Desk, changes: dict[str, Any], left: list[int]) -> None:
    pair = pair_of_two(desk)
    assert desk.desk.patch(f"/clients/{pair['client_ids'][0]}", changes).status_code == 200
    find(desk)
    assert [(each["id"], each["score"]) for each in listed(desk.desk)] == [(pair["id"], score) for score in left]


def test_what_says_nothing_of_who_somebody_is_is_not_looked_at(desk: Desk) -> None:
    pair = pair_of_two(desk)
    desk.desk.patch(f"/clients/{pair['client_ids'][0]}", {"pronouns": "she/her"})
    here = "SELECT 1 FROM client_pair_marks WHERE organization_id = %s"
    with psycopg.connect(desk.database.admin_url) as connection:
        assert connection.execute(here, [desk.organization_id]).fetchall() == []


def test_two_people_are_remembered_as_such_and_it_is_taken_back(desk: Desk) -> None:
    pair = pair_of_two(desk)
    path = f"/client-duplicates/{pair['id']}"
    dismissed = desk.administrator.post(f"{path}/dismiss").json
    assert dismissed["dismissed_by"] == str(desk.administrator.staff_id)
    assert dismissed["dismissed_at"] is not None
    assert (listed(desk.desk), listed(desk.desk, dismissed="true")) == ([], [dismissed])
    other = desk.staff("organization_administration")
    assert other.post(f"{path}/dismiss").json == dismissed, "who said so first stays"
    for given in ("Adele", "Ada"):
        desk.desk.patch(f"/clients/{pair['client_ids'][0]}", {"given_name": given})
        find(desk)
    assert listed(desk.desk) == [], "nobody is asked again"
    assert other.post(f"{path}/undo").json == pair
    assert other.post(f"{path}/undo").json == pair, "twice is once"
    assert (listed(desk.desk), listed(desk.desk, dismissed="true")) == ([pair], [])


def test_who_may_not_decide_changes_nothing(desk: Desk) -> None:
    pair = pair_of_two(desk)
    path = f"/client-duplicates/{pair['id']}"
    for level in ("default", "billing", "therapist"):
        colleague = desk.staff(level)
        assert listed(colleague) == [pair]
        for deed in ("dismiss", "undo"):
            assert colleague.post(f"{path}/{deed}").status_code == 403, (level, deed)
    assert listed(desk.desk) == [pair]
    assert desk.staff("default", grants=("clients_merge",)).post(f"{path}/dismiss").status_code == 200


def test_who_sees_assigned_clients_only_sees_pairs_of_which_both_are_assigned(desk: Desk) -> None:
    pair = pair_of_two(desk)
    own = desk.staff("therapist", grants=("assigned_only", "clients_merge"))
    path = f"/client-duplicates/{pair['id']}"
    for client_id in pair["client_ids"]:
        assert listed(own) == []
        assert own.get(path).status_code == own.post(f"{path}/dismiss").status_code == 404
        assert desk.administrator.put(f"/clients/{client_id}/staff/{own.staff_id}").status_code == 200
    assert listed(own) == [pair]
    assert own.get(path).json == pair
    assert own.post(f"{path}/dismiss").status_code == 200


def test_another_practice_has_no_such_pair(desk: Desk) -> None:
    pair = pair_of_two(desk)
    elsewhere = desk.web.as_actor("organization_administration", organization_id=new_id())
    path = f"/client-duplicates/{pair['id']}"
    refusals = [elsewhere.get(path), elsewhere.post(f"{path}/dismiss"), elsewhere.post(f"{path}/undo")]
    assert [refusal.status_code for refusal in refusals] == [404, 404, 404]
    assert listed(elsewhere) == []
    assert listed(desk.desk) == [pair]


def test_a_pair_goes_with_its_client(desk: Desk) -> None:
    pair = pair_of_two(desk)
    with psycopg.connect(desk.database.admin_url) as connection:
        connection.execute("DELETE FROM clients WHERE id = %s", [pair["client_ids"][0]])
    assert desk.desk.get(f"/client-duplicates/{pair['id']}").status_code == 404
    assert listed(desk.desk) == []


@pytest.mark.parametrize("compared_max", [1, 5, 2_000])
def test_clients_who_are_looked_at_together_have_the_pairs_that_each_would_have(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, compared_max: int
) -> None:
    monkeypatch.setattr(finder, "COMPARED_MAX", compared_max)
    known = {}
    for at in range(16):
        born = f"1990-01-0{1 + at % 3}"
        way = {"phone": f"+1212555014{at % 5}"} if at % 2 else {"email": f"m{at % 4}@example.org"}
        given, family = ("Ada", "Adam", "Eve")[at % 3], ("Byron", "Quint")[at % 2]
        client = desk.add(given, family, born, **way)
        person = known_as((given, family), date.fromisoformat(born), tuple(way.values()))
        known[UUID(client["id"])] = person
    find(desk)
    alike = {
        frozenset({str(first), str(second)}): likeness.score
        for (first, its), (second, others) in combinations(known.items(), 2)
        if (likeness := likeness_of(its, others)) is not None
    }
    before = {frozenset(clients_of(pair)): pair for pair in listed(desk.desk, limit=200)}
    assert {ids: pair["score"] for ids, pair in before.items()} == alike
    moved = {str(client_id) for client_id in list(known)[::3]}
    for at, client_id in enumerate(sorted(moved)):  # looked at again, among pairs that are there
        alone = {"given_name": f"Zed{at}", "family_name": f"Alone{at}", "date_of_birth": f"1971-02-{1 + at:02}"}
        assert desk.desk.patch(f"/clients/{client_id}", alone).status_code == 200
    find(desk)
    after = {frozenset(clients_of(pair)): pair for pair in listed(desk.desk, limit=200)}
    assert after == {ids: pair for ids, pair in before.items() if not ids & moved}, "the others stay as they were"


def test_of_very_many_who_are_alike_each_has_a_bounded_number_of_pairs(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "PAIRS_MAX", 5)
    ids = [desk.add()["id"] for _ in range(CROWD)]
    find(desk)
    pairs = listed(desk.desk, limit=200)
    of_each = [sum(client_id in pair["client_ids"] for pair in pairs) for client_id in ids]
    assert max(of_each) == rules.PAIRS_MAX
    assert len({frozenset(clients_of(pair)) for pair in pairs}) == len(pairs), "each pair once"


def test_clients_who_are_compared_and_both_lists_come_from_an_index(desk: Desk) -> None:
    here, someone = desk.organization_id, new_id()
    plan = plan_of(desk.database, here, who_share(here, [someone, new_id()]), role="worker")
    for index in ("ix_clients_date_of_birth", "ix_clients_sort_key", "ix_clients_phone", "ix_clients_email_key"):
        assert index in plan, plan
    pairs = select(ClientPair.id).where(ClientPair.organization_id == here)
    for condition, index in (
        (ClientPair.client_id == someone, "uq_client_pairs"),
        (ClientPair.other_id == someone, "ix_client_pairs_other_id"),
    ):
        assert index in plan_of(desk.database, here, pairs.where(condition), role="worker")
    order = (ClientPair.score.desc(), ClientPair.id.desc())
    for kept, index in (
        (ClientPair.dismissed_at.is_(None), "ix_client_pairs_score"),
        (ClientPair.dismissed_at.is_not(None), "ix_client_pairs_dismissed"),
    ):
        plan = plan_of(desk.database, here, pairs.where(kept).order_by(*order).limit(50))
        assert index in plan, plan
        assert "Sort" not in plan, plan
