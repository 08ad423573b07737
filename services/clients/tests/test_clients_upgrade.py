"""Earlier clients are found and sorted like new ones, also while the previous release still writes."""

from __future__ import annotations

from uuid import UUID

import pytest

from services.clients.tests.conftest import Desk
from shared.database import migration
from shared.database.migration import back_fills
from shared.ids import new_id
from shared.testing.databases import ServiceDatabase, TestServer, database_of, load
from shared.testing.web import Keys, service_client

RELEASED = "clients_0005"


def add(database: ServiceDatabase, organization_id: UUID, given: str, family: str, *words: str) -> UUID:
    """A client as the previous release writes them."""
    client_id = new_id()
    database.rows(
        "INSERT INTO clients (organization_id, id, version, given_name, family_name, date_of_birth, sex, status,"
        " created_at) VALUES (%s, %s, 1, %s, %s, '1990-01-02', 'unknown', 'active', now()) RETURNING 1",
        *(organization_id, client_id, given, family),
    )
    for word in words:
        database.rows(
            "INSERT INTO client_tokens (organization_id, client_id, token, name) VALUES (%s, %s, %s, %s) RETURNING 1",
            *(organization_id, client_id, word, f"{family} {given}".lower()),
        )
    return client_id


def test_earlier_clients_are_numbered_as_they_came_and_later_ones_behind_them(
    server: TestServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(back_fills, "EARLIER_ROWS", 2)
    database, organizations = server.service_database_at("clients", "clients_0010"), [new_id(), new_id()]
    definition = load("clients")

    def upgrade(revision: str) -> None:
        migration.upgrade(definition.migrations, definition.metadata, database.url("owner"), revision)

    added = {organization_id: [add(database, organization_id, "Ada", "Early")] for organization_id in organizations}
    for organization_id, clients in added.items():
        clients += [add(database, organization_id, "Eva", "Early") for _ in range(4)]
    upgrade("clients_0011")
    for organization_id, clients in added.items():
        clients.append(add(database, organization_id, "Ida", "Meanwhile"))  # by the previous release
        # What a run numbered before it was interrupted.
        database.rows("UPDATE clients SET number = 1001 WHERE id = %s RETURNING 1", clients[0])
    upgrade("head")
    organizations.append(new_id())
    added[organizations[-1]] = []
    for organization_id, clients in added.items():
        clients.append(add(database, organization_id, "Ute", "Late"))
        numbers = dict(database.rows("SELECT id, number FROM clients WHERE organization_id = %s", organization_id))
        assert [numbers[client] for client in clients] == list(range(1001, 1001 + len(clients)))


def test_earlier_phones_are_found_from_both_ends(
    server: TestServer, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(back_fills, "EARLIER_ROWS", 2)
    database, organizations = server.service_database_at("clients", "clients_0014"), [new_id(), new_id()]
    definition = load("clients")
    for revision in ("clients_0017", "head"):
        for organization_id in organizations:
            for family, phone in (("Ames", "+15185550142"), ("Cole", "+1 518-555-0143 ext. 12"), ("Dorn", None)):
                client_id = add(database, organization_id, "Ada", family)
                database.rows("UPDATE clients SET phone = %s WHERE id = %s RETURNING 1", phone, client_id)
        migration.upgrade(definition.migrations, definition.metadata, database.url("owner"), revision)
    web = service_client(database, keys)
    for organization_id in organizations:
        desk = Desk(web, database, database_of(database, "worker"), organization_id)
        for query, wanted in (("518555", ["Ames", "Ames", "Cole", "Cole"]), ("0143", ["Cole", "Cole"])):
            items = desk.desk.post("/clients/search", {"query": query}).json["items"]
            assert sorted(client["family_name"] for client in items) == wanted, query


def test_staff_of_earlier_clients_are_counted_also_while_they_are_assigned(
    server: TestServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(back_fills, "EARLIER_ROWS", 2)
    database, organizations = server.service_database_at("clients", "clients_0012"), [new_id(), new_id()]
    definition = load("clients")

    def assign(organization_id: UUID, client_id: UUID, *, active: bool = True) -> UUID:
        """An assignment as the previous release writes it."""
        staff_id = new_id()
        database.rows(
            "INSERT INTO assignments (organization_id, client_id, staff_id, version, active, since)"
            " VALUES (%s, %s, %s, 1, %s, now()) RETURNING 1",
            *(organization_id, client_id, staff_id, active),
        )
        return staff_id

    def take_off(staff_id: UUID) -> None:
        database.rows("UPDATE assignments SET active = false WHERE staff_id = %s RETURNING 1", staff_id)

    wanted: dict[UUID, int] = {}
    for organization_id in organizations:
        clients = [add(database, organization_id, "Ada", f"Early{letter}") for letter in "abc"]
        wanted |= dict(zip(clients, (2, 1, 0), strict=True))
        left, _ = assign(organization_id, clients[0]), assign(organization_id, clients[0])
        assign(organization_id, clients[1])
        assign(organization_id, clients[2], active=False)
        migration.upgrade(definition.migrations, definition.metadata, database.url("owner"), "clients_0013")
        take_off(left)  # meanwhile, by the previous release
        assign(organization_id, clients[0])
        late = add(database, organization_id, "Eva", "Meanwhile")
        assign(organization_id, late)
        wanted[late] = 1
    migration.upgrade(definition.migrations, definition.metadata, database.url("owner"), "head")
    assert dict(database.rows("SELECT id, staff_count FROM clients")) == wanted


def test_earlier_clients_are_found_and_sorted_like_new_ones(
    server: TestServer, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(back_fills, "EARLIER_ROWS", 2)
    database, organizations = server.service_database_at("clients", RELEASED), [new_id(), new_id()]
    for organization_id in organizations:
        for family, *words in (("Zorn", "zorn"), ("Łuczak", "łuczak"), ("O'Neil", "o", "neil"), ("adams", "adams")):
            add(database, organization_id, "Ada", family, "ada", *words)
    definition = load("clients")
    for revision in ("clients_0006", "head"):
        migration.upgrade(definition.migrations, definition.metadata, database.url("owner"), revision)
        for organization_id in organizations:
            added = add(database, organization_id, "Eva", "Young", "eva", "young")  # the previous release, meanwhile
            assert database.rows("SELECT sort_key FROM clients WHERE id = %s", added) == [("",)]
    web = service_client(database, keys)
    for organization_id in organizations:
        desk = Desk(web, database, database_of(database, "worker"), organization_id)
        families = [client["family_name"] for client in desk.desk.get("/clients").json["items"]]
        assert families == ["Young", "adams", "Łuczak", "O'Neil", "Young", "Zorn"], "the later Young has no key yet"
        for query, family in (("luczak", "Łuczak"), ("oneil", "O'Neil"), ("ada zo", "Zorn")):
            items = desk.desk.post("/clients/search", {"query": query}).json["items"]
            assert [client["family_name"] for client in items] == [family], query
        late = desk.desk.get("/clients", limit=1).json["items"][0]
        desk.desk.patch(f"/clients/{late['id']}", {"pronouns": "she/her"})
        assert [client["family_name"] for client in desk.desk.get("/clients").json["items"]][-3:] == [
            "Young",
            "Young",
            "Zorn",
        ]
