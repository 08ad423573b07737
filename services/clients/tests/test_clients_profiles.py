"""Who a client is: names of every kind, type and language, and how far treatment has come."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.clients.profiles.rules import type_by_age
from services.clients.tests.conftest import Desk
from services.clients.tests.test_clients_upgrade import add
from shared import clock
from shared.contracts.clients import ClientChanged
from shared.contracts.envelope import from_data
from shared.database import migration
from shared.ids import new_id
from shared.testing.databases import TestServer, load

PERSON: dict[str, Any] = {
    "middle_name": "Augusta",
    "name_suffix": "Jr.",
    "preferred_name": "Adi",
    "former_names": ["Ada Gordon", "A. Noel-Milbanke"],
    "pronouns": "she/her",
    "sex": "female",
    "gender_identity": "woman",
    "language": "es",
    "client_type": "couple",
    "referral_source": "Dr. Lane",
    "intake_date": "2026-03-02",
    "status": "prospective",
}


def found(desk: Desk, query: str, **more: Any) -> list[str]:
    """Family names of the clients that a search finds."""
    items = desk.desk.post("/clients/search", {"query": query, **more}).json["items"]
    return [client["family_name"] for client in items]


def test_who_somebody_is_stays_as_it_was_given_and_is_emptied_by_null(desk: Desk) -> None:
    client = desk.add(**PERSON)
    path = f"/clients/{client['id']}"
    assert {name: client[name] for name in PERSON} == PERSON
    optional = ("middle_name", "name_suffix", "gender_identity", "language", "referral_source", "intake_date")
    emptied = desk.desk.patch(path, {**dict.fromkeys(optional), "former_names": []}).json
    assert [emptied[name] for name in (*optional, "former_names")] == [None] * len(optional) + [[]]
    bare = desk.add("Bea", "Bell")
    assert (bare["status"], bare["client_type"], bare["former_names"]) == ("active", "adult", [])


def test_a_client_is_found_by_the_beginning_of_every_name(desk: Desk) -> None:
    client = desk.add(**PERSON)
    for query in ("augu", "adi", "gord", "ada gordon", "noelmil", "milb byr"):
        assert found(desk, query) == ["Byron"], query
    desk.desk.patch(f"/clients/{client['id']}", {"former_names": ["Ada Lane"], "middle_name": None})
    assert (found(desk, "lane"), found(desk, "gordon"), found(desk, "augusta")) == (["Byron"], [], [])


def test_former_names_hide_no_likely_duplicate(desk: Desk) -> None:
    desk.add(**PERSON | {"preferred_name": None})
    for family, reason in (("Byron", "same_name_and_birth_date"), ("Gordon", "similar_name")):
        assert [duplicate["reason"] for duplicate in desk.add("Ada", family)["possible_duplicates"]][:1] == [reason]


@pytest.mark.parametrize(("today", "client_type"), [("2026-02-28", "minor"), ("2026-03-01", "adult")])
def test_somebody_born_on_february_29_is_of_age_on_march_1(today: str, client_type: str) -> None:
    assert type_by_age(date(2008, 2, 29), date.fromisoformat(today)) == client_type


@pytest.mark.parametrize(("years", "client_type"), [(30, "adult"), (10, "minor")])
def test_the_age_says_who_is_a_minor_unless_somebody_does(desk: Desk, years: int, client_type: str) -> None:
    born = clock.today("UTC") - timedelta(days=366 * years)
    assert desk.add(born=born.isoformat())["client_type"] == client_type
    assert desk.add(born=born.isoformat(), client_type="family")["client_type"] == "family"


def test_a_prospective_client_has_a_list_and_is_told_as_such(desk: Desk) -> None:
    client = desk.add(status="prospective")
    desk.add("Bea", "Bell")
    assert [item["id"] for item in desk.desk.get("/clients", status="prospective").json["items"]] == [client["id"]]
    assert (found(desk, "a", status="prospective"), found(desk, "a", status="active")) == (["Byron"], [])
    for status in ("active", "archived", "prospective"):
        assert desk.desk.patch(f"/clients/{client['id']}", {"status": status}).json["status"] == status
    published = desk.database.rows("SELECT data FROM outbox WHERE aggregate_id = %s ORDER BY id", UUID(client["id"]))
    statuses = [from_data(ClientChanged, data).status for (data,) in published]
    assert statuses == ["prospective", "active", "archived", "prospective"]


WRONG: list[dict[str, Any]] = [
    {"former_names": ["x"] * 11},
    {"former_names": ["x" * 101]},
    {"former_names": [" "]},
    {"former_names": None},
    {"client_type": "pet"},
    {"client_type": None},
    {"language": "english"},
    {"gender_identity": "x" * 101},
    {"referral_source": "x" * 201},
    {"intake_date": "2026-02-30"},
    {"status": "archived"},
]


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_wrong_values_are_named_and_nobody_is_added(desk: Desk, wrong: dict[str, Any]) -> None:
    body = {"given_name": "Ada", "family_name": "Byron", "date_of_birth": "1990-01-02", **wrong}
    refused = desk.desk.post("/clients", body)
    assert (refused.status_code, refused.json["errors"][0]["field"].split(".")[0]) == (422, next(iter(wrong)))
    assert desk.desk.get("/clients").json["items"] == []


def test_earlier_minors_are_minors_and_the_previous_release_goes_on(server: TestServer) -> None:
    database, organization_id = server.service_database_at("clients", "clients_0019"), new_id()
    definition, young = load("clients"), clock.now().date() - timedelta(days=365 * 17)
    clients = [add(database, organization_id, "Ada", "Early") for _ in range(2)]
    database.rows("UPDATE clients SET date_of_birth = %s WHERE id = %s RETURNING 1", young, clients[0])
    migration.upgrade(definition.migrations, definition.metadata, database.url("owner"), "clients_0020")
    clients.append(add(database, organization_id, "Eva", "Meanwhile"))
    migration.upgrade(definition.migrations, definition.metadata, database.url("owner"))
    types = dict(database.rows("SELECT id, client_type FROM clients"))
    assert [types[client] for client in clients] == ["minor", "adult", "adult"]


@pytest.mark.abuse("A-IDOR-who-is-a-client")
def test_a_program_that_does_not_read_clients_is_not_told_who_is_one(desk: Desk) -> None:
    desk.add("Secret", "Person", "1980-05-05", phone="202-555-0111")
    body = {"given_name": "Secret", "family_name": "Person", "date_of_birth": "1980-05-05"}
    for scope, known in ((("clients:create",), 0), (("clients:create", "clients:read"), 2)):
        program = desk.web.as_program(*scope, organization_id=desk.organization_id)
        assert len(program.post("/clients", body).json["possible_duplicates"]) == known, scope
