"""Basic client data: adding, changing, likely duplicates, and who sees whom."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.clients.profiles.rules import KnownAs, duplicate_reason, known_as
from services.clients.tests.conftest import Desk
from shared import clock
from shared.contracts.clients import ClientChanged
from shared.contracts.envelope import from_data
from shared.contracts.identity import OrganizationChanged
from shared.keys import bus
from shared.testing.web import Keys


def test_who_may_be_the_same_person_is_said_at_once(desk: Desk) -> None:
    first = desk.add("Robert", "Stone", "1980-05-05", phone="(202) 555-0111")
    assert first["possible_duplicates"] == []
    same = desk.add("Robert", "Stone", "1980-05-05")
    assert [duplicate["reason"] for duplicate in same["possible_duplicates"]] == ["same_name_and_birth_date"]
    nickname = desk.add("Bob", "Stone", "1980-05-05", phone="202-555-0111")
    assert {duplicate["reason"] for duplicate in nickname["possible_duplicates"]} >= {"same_contact"}
    assert desk.add("Robert", "Else", "1999-09-09")["possible_duplicates"] == []


def test_a_birth_date_shared_by_many_hides_no_duplicate(desk: Desk) -> None:
    for number in range(60):
        desk.add(f"Given{number}", f"Family{number}", "1970-01-01")
    first = desk.add("Ada", "Byron", "1970-01-01")
    assert [duplicate["id"] for duplicate in desk.add("Ada", "Byron", "1970-01-01")["possible_duplicates"]] == [
        first["id"]
    ]


def test_today_is_the_day_on_the_practices_wall(desk: Desk) -> None:
    for version, time_zone in ((1, "Pacific/Kiritimati"), (2, "Etc/GMT+12")):  # the first and the last zone of all
        desk.emit(OrganizationChanged(desk.organization_id, version, "Practice", time_zone))
        today = clock.today(time_zone)
        assert desk.add(born=today.isoformat())["date_of_birth"] == today.isoformat()
        body = {"given_name": "A", "family_name": "B", "date_of_birth": (today + timedelta(days=1)).isoformat()}
        assert desk.desk.post("/clients", body).json["errors"][0]["code"] == "in_the_future"


def test_every_change_is_told_with_a_higher_version_and_no_more_than_others_need(desk: Desk) -> None:
    client = desk.add("Zenobia", "Canary", email="ada@example.org", phone="202-555-0111")
    desk.desk.patch(f"/clients/{client['id']}", {"status": "archived"})
    published = desk.database.rows(
        f"SELECT aggregate_version, data FROM outbox WHERE aggregate_id = '{client['id']}' ORDER BY id"
    )
    assert [(version, data["status"]) for version, data in published] == [(1, "active"), (2, "archived")]
    assert "ada@example.org" not in str(published) and "1990" not in str(published)
    assert "Zenobia" not in str(published) and "Canary" not in str(published)
    first, second = (from_data(ClientChanged, data) for _, data in published)
    assert first.display_name == second.display_name == "Zenobia Canary"


def test_without_a_bus_key_nobody_is_added(desk: Desk, tmp_path: Path, keys: Keys) -> None:
    bus.use(tmp_path)
    try:
        body = {"given_name": "Ada", "family_name": "Byron", "date_of_birth": "1990-01-02"}
        refused = desk.desk.post("/clients", body)
    finally:
        bus.use(keys.bus)
    assert (refused.status_code, refused.json["code"]) == (503, "unavailable")
    assert desk.desk.get("/clients").json["items"] == []


def test_what_was_refused_left_a_row_in_the_audit_trail(desk: Desk) -> None:
    client = desk.add()
    stranger = desk.web.as_actor("organization_administration")
    assert stranger.get(f"/clients/{client['id']}").status_code == 404
    assert stranger.patch(f"/clients/{client['id']}", {"pronouns": "x"}).status_code == 404
    assert stranger.put(f"/clients/{client['id']}/staff/{stranger.staff_id}").status_code == 404
    rows = desk.database.rows(
        f"SELECT action, outcome FROM audit_entries WHERE actor_id = '{stranger.staff_id}' ORDER BY id"
    )
    assert rows == [("client.read", "denied"), ("patch_client", "denied"), ("put_client_staff", "denied")]


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
    assert [client["id"] for client in narrowed.get("/clients").json["items"]] == [added["id"]]


names = st.text("abAß -", max_size=6)
phones = st.sampled_from([None, "1", "2"])
people = st.builds(
    lambda given, family, born, phone: known_as((given, family), born, (phone,)),
    names,
    names,
    st.sampled_from([date(1990, 1, 1), date(1991, 1, 1)]),
    phones,
)


@given(people, people)
def test_likely_duplicates_are_mutual(known: KnownAs, other: KnownAs) -> None:
    assert duplicate_reason(known, other) == duplicate_reason(other, known)
