"""Finding clients: by the beginnings of their names, page by page, from an index at any size."""

from __future__ import annotations

from itertools import product
from typing import Any

import psycopg
import pytest
from sqlalchemy import and_, select
from sqlalchemy.dialects import postgresql

from services.clients.profiles import queries, search
from services.clients.profiles.models import Client, ClientToken
from services.clients.tests.conftest import Desk
from shared import clock
from shared.database.session import Database
from shared.ids import new_id
from shared.testing.databases import ServiceDatabase
from shared.testing.plans import plan_of
from shared.testing.web import ServiceClient

MANY = 20_000


def test_a_client_is_found_by_the_beginnings_of_any_of_their_names(desk: Desk) -> None:
    found = desk.add("María-José", "O'Neil", preferred_name="Majo")
    desk.add("Mark", "Nielsen")
    for query in ("mar nei", "jose", "MAJO", "o'nei", "maria"):
        items = desk.desk.post("/clients/search", {"query": query}).json["items"]
        assert found["id"] in [client["id"] for client in items], query
    assert len(desk.desk.post("/clients/search", {"query": "mar"}).json["items"]) == 2
    for query in ("%", "_", "eil", "zzz"):
        assert desk.desk.post("/clients/search", {"query": query}).json["items"] == [], query


def test_a_long_name_is_found_by_its_last_word_too(desk: Desk) -> None:
    found = desk.add("Juan Carlos Maria de la", "Vega Ramos Santos", preferred_name="Juanito")
    for query in ("santos", "juanito", "Juan Carlos Maria de la Vega Ramos Santos"):
        items = desk.desk.post("/clients/search", {"query": query}).json["items"]
        assert [client["id"] for client in items] == [found["id"]], query


@pytest.fixture(scope="module")
def crowd(clients_web: ServiceClient, clients_database: ServiceDatabase, clients_worker: Database) -> Desk:
    """An organization with many clients, for all tests that measure no time: making one takes three seconds."""
    return crowded(Desk(clients_web, clients_database, clients_worker))


def crowded(desk: Desk) -> Desk:
    """The same organization with so many clients."""
    with psycopg.connect(desk.database.admin_url, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO clients (organization_id, id, version, given_name, family_name, date_of_birth, sex, status,"
            " created_at) SELECT %s, gen_random_uuid(), 1, 'Given' || n, 'Family' || n, '1990-01-01', 'unknown',"
            " 'active', now() FROM generate_series(1, %s) n",
            [desk.organization_id, MANY],
        )
        connection.execute(
            "INSERT INTO client_tokens SELECT organization_id, id, lower(family_name), lower(family_name) FROM clients"
            " WHERE organization_id = %s",
            [desk.organization_id],
        )
        connection.execute("ANALYZE clients, client_tokens")
    return desk


def test_a_search_walks_the_prefix_index_under_row_level_security(crowd: Desk) -> None:
    """Asked as the web process asks, not as a superuser, for whom the policy is no obstacle."""
    actor = crowd.desk.actor
    assert actor is not None
    begun = search.begins_with(ClientToken.token, "family1999")
    here = ClientToken.organization_id == crowd.organization_id
    plan = plan_of(crowd.database, crowd.organization_id, select(ClientToken.client_id).where(here, begun))
    assert "ix_client_tokens_prefix" in plan
    assert "token >= " in plan.partition("Index Cond")[2], plan
    assert len(crowd.desk.post("/clients/search", {"query": "family1999"}).json["items"]) == 11


@pytest.mark.alone
@pytest.mark.abuse("A-IDOR-search-time")
@pytest.mark.parametrize("query", ["family", "family given", "zo family1", "fam zo", "zo 1990-01-01"])
def test_a_search_among_own_clients_takes_no_longer_for_many_hidden_names(crowd: Desk, query: str) -> None:
    """Whatever PostgreSQL knows of the tables: here that there are many names, few of them with somebody assigned."""
    own = crowd.staff("therapist", grants=("assigned_only",))
    own.post("/clients", {"given_name": "Zoe", "family_name": "Zorn", "date_of_birth": "1990-01-02"})
    crowd.desk.post("/clients", {"given_name": "Zora", "family_name": "Zorn", "date_of_birth": "1990-01-02"})
    with psycopg.connect(crowd.database.admin_url, autocommit=True) as connection:
        connection.execute("ANALYZE clients, client_tokens, assignments")

    def seconds(words: str) -> float:
        took = []
        for _ in range(5):
            began = clock.monotonic()
            assert own.post("/clients/search", {"query": words}).json["items"] == []
            took.append(clock.monotonic() - began)
        return min(took)

    nobody = query.replace("fam", "nob").replace("1990-01-01", "1890-01-01")
    assert abs(seconds(query) - seconds(nobody)) < 0.05


def test_pages_hold_every_client_once(desk: Desk) -> None:
    wanted = {desk.add(family=f"F{n % 3}")["id"] for n in range(7)}
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = desk.desk.get("/clients", limit=2, **cursor).json
        seen += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert sorted(seen) == sorted(wanted)


def test_pages_of_a_search_hold_every_client_once_in_one_order(desk: Desk) -> None:
    wanted = [desk.add("Mary", f"Marsh{letter}")["id"] for letter in "abc"]
    wanted += [desk.add("Mona", f"Marsh{letter}", preferred_name="Mary Mar")["id"] for letter in "de"]
    desk.add("Mary", "Other")
    seen: list[str] = []
    body: dict[str, object] = {"query": "mar m marsh", "limit": 2}
    while True:
        page = desk.desk.post("/clients/search", body).json
        seen += [client["id"] for client in page["items"]]
        if page["next_cursor"] is None:
            break
        body["cursor"] = page["next_cursor"]
    assert seen == wanted


def test_a_list_of_one_status_holds_no_other(desk: Desk) -> None:
    kept, archived = desk.add("Ada", "Byron"), desk.add("Bea", "Cole")
    desk.desk.patch(f"/clients/{archived['id']}", {"status": "archived"})
    for status, wanted in (("active", kept), ("archived", archived)):
        assert [client["id"] for client in desk.desk.get("/clients", status=status).json["items"]] == [wanted["id"]]
        found = desk.desk.post("/clients/search", {"query": "b", "status": status}).json["items"]
        assert [client["id"] for client in found] == [wanted["id"]]
    assert desk.desk.get("/clients", status="gone").status_code == 422


def test_the_clients_of_a_colleague_are_listed_and_searched_among_those_whom_one_sees(desk: Desk) -> None:
    therapist, other = desk.staff("therapist"), desk.staff("therapist")
    narrowed = desk.staff("therapist", grants=("assigned_only",))
    mine, shared, left = desk.add("Bea", "Ames"), desk.add("Bea", "Byron"), desk.add("Bea", "Cole")
    for person, client in (
        (therapist, mine),
        (therapist, shared),
        (therapist, left),
        (other, left),
        (narrowed, shared),
    ):
        desk.administrator.put(f"/clients/{client['id']}/staff/{person.staff_id}")
    desk.administrator.delete(f"/clients/{left['id']}/staff/{therapist.staff_id}")
    desk.desk.patch(f"/clients/{mine['id']}", {"status": "archived"})

    def of(asker: Any, staff_id: object, **more: str) -> list[list[str]]:
        query = {"assigned_to": str(staff_id), **more}
        listed = asker.get("/clients", **query).json["items"]
        found = asker.post("/clients/search", {"query": "bea", **query}).json["items"]
        return [[item["family_name"] for item in items] for items in (listed, found)]

    assert of(desk.desk, therapist.staff_id) == [["Ames", "Byron"]] * 2
    assert of(desk.desk, therapist.staff_id, status="active") == [["Byron"]] * 2
    assert of(desk.desk, other.staff_id) == [["Cole"]] * 2
    assert of(narrowed, therapist.staff_id) == [["Byron"]] * 2
    assert of(narrowed, other.staff_id) == [[], []]
    assert of(desk.desk, new_id()) == [[], []]
    numbered = {"query": str(left["number"]), "assigned_to": str(therapist.staff_id)}
    assert desk.desk.post("/clients/search", numbered).json["items"] == []


def test_clients_with_nobody_assigned_are_listed_and_searched(desk: Desk) -> None:
    therapist, other = desk.staff("therapist"), desk.staff("therapist")
    narrowed = desk.staff("therapist", grants=("assigned_only",))
    clients = {family: desk.add("Bea", family)["id"] for family in ("Ames", "Byron", "Cole", "Dorn")}

    def families(unassigned: bool, asker: Any = desk.desk, **more: str) -> list[list[str]]:
        query: dict[str, Any] = {"unassigned": unassigned, **more}
        listed = asker.get("/clients", **query).json["items"]
        found = asker.post("/clients/search", {"query": "bea", **query}).json["items"]
        return [[item["family_name"] for item in items] for items in (listed, found)]

    def staff(method: str, family: str, member: ServiceClient) -> None:
        assert (
            getattr(desk.administrator, method)(f"/clients/{clients[family]}/staff/{member.staff_id}").status_code
            == 200
        )

    for family, member in (("Ames", therapist), ("Ames", other), ("Byron", therapist), ("Byron", therapist)):
        staff("put", family, member)
    staff("put", "Cole", narrowed)
    assert families(True) == [["Dorn"]] * 2
    assert families(False) == [["Ames", "Byron", "Cole"]] * 2
    assert families(True, narrowed) == [[], []]
    staff("delete", "Ames", other)
    staff("delete", "Byron", therapist)
    assert families(True) == [["Byron", "Dorn"]] * 2
    staff("put", "Byron", other)
    desk.desk.patch(f"/clients/{clients['Dorn']}", {"status": "archived"})
    assert families(True, status="active") == [[], []]
    assert families(True, status="archived") == [["Dorn"]] * 2
    assert families(True, assigned_to=str(therapist.staff_id)) == [[], []]
    assert desk.desk.get("/clients", unassigned="perhaps").json["errors"][0]["field"] == "unassigned"


@pytest.mark.parametrize("status", [None, "active"])
def test_clients_with_nobody_assigned_come_from_an_index(crowd: Desk, status: str | None) -> None:
    """All but one of them have somebody; the list reads as many rows as it shows, asked as the web process asks."""
    with psycopg.connect(crowd.database.admin_url, autocommit=True) as connection:
        connection.execute("UPDATE clients SET staff_count = 1 WHERE organization_id = %s", [crowd.organization_id])
        connection.execute("ANALYZE clients")
    crowd.add()
    actor = crowd.desk.actor
    assert actor is not None
    condition = and_(queries.visible(actor), queries.among(actor, status, None, True))
    statement = select(Client.id).where(condition).order_by(Client.sort_key, Client.id).limit(51)
    with psycopg.connect(crowd.database.url("app"), autocommit=True) as connection:
        connection.execute("SELECT set_config('app.organization_id', %s, false)", [str(crowd.organization_id)])
        literal = str(statement.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}))
        plan = str(connection.execute(b"EXPLAIN (ANALYZE, BUFFERS OFF) " + literal.encode()).fetchall())
    assert "ix_clients_unassigned" in plan and "Rows Removed" not in plan, plan


@pytest.mark.parametrize("staff_id", ["everybody", "", "00000000-0000-0000-0000-00000000000g"])
def test_the_clients_of_what_is_no_id_are_refused(desk: Desk, staff_id: str) -> None:
    assert desk.desk.get("/clients", assigned_to=staff_id).status_code == 422
    assert desk.desk.post("/clients/search", {"query": "bea", "assigned_to": staff_id}).status_code == 422


def test_a_program_that_may_not_read_assignments_is_not_told_whose_clients_they_are(desk: Desk) -> None:
    therapist = desk.staff("therapist")
    client = desk.add("Bea", "Ames")
    desk.administrator.put(f"/clients/{client['id']}/staff/{therapist.staff_id}")
    filters: list[dict[str, Any]] = [
        {"assigned_to": str(therapist.staff_id)},
        {"unassigned": True},
        {"unassigned": False},
    ]
    for query, (scopes, status) in product(
        filters, ((("clients:read",), 403), (("clients:read", "assignments:read"), 200))
    ):
        program = desk.web.as_program(*scopes, organization_id=desk.organization_id)
        assert program.get("/clients", **query).status_code == status
        assert program.post("/clients/search", {"query": "bea", **query}).status_code == status
        assert program.get("/clients").status_code == 200


@pytest.mark.parametrize(
    ("sort", "wanted"),
    [
        ("name", ["Byron", "Cole", "Dorn"]),
        ("-name", ["Dorn", "Cole", "Byron"]),
        ("created_at", ["Dorn", "Byron", "Cole"]),
        ("-created_at", ["Cole", "Byron", "Dorn"]),
    ],
)
def test_a_list_comes_in_the_order_asked_for(desk: Desk, sort: str, wanted: list[str]) -> None:
    for family in ("Dorn", "Byron", "Cole"):
        desk.add("Ada", family)
    first = desk.desk.get("/clients", limit=2, sort=sort).json
    rest = desk.desk.get("/clients", limit=2, sort=sort, cursor=first["next_cursor"]).json
    assert [item["family_name"] for item in first["items"] + rest["items"]] == wanted
    assert rest["next_cursor"] is None
    assert desk.desk.get("/clients", sort="date_of_birth").json["errors"][0]["field"] == "sort"


NAMES = {
    "Łukasz": ("lukasz", "Łukasz", "LUKASZ", "łuk"),
    "O'Neil": ("oneil", "o'neil", "o neil", "O\u2019Neil", "neil", "one"),
    "Oneill": ("o'neill", "o neill", "oneill"),
    "De la Cruz": ("delacruz", "de la cruz", "cruz", "la cruz", "lacruz", "dela cruz"),
    "Vandenberg": ("van den berg", "vanden berg", "vandenberg"),
    "Jean-Luc": ("jeanluc", "jean luc", "jean-luc", "luc"),
    "Müller": ("muller", "mueller", "müller", "MÜLLER"),
    "Mueller": ("mueller", "müller"),
    "Sørensen": ("sorensen", "soerensen", "sørensen"),
    "Đorđević": ("dordevic", "djordjevic", "đorđević"),
    "Strauß": ("strauss", "strauß"),
    "Þórður": ("thordur", "þórður"),
    "Hawaiʻi": ("hawaii", "hawai'i"),
}


@pytest.mark.parametrize("family", NAMES)
def test_a_name_is_found_as_people_type_it(desk: Desk, family: str) -> None:
    found = desk.add("Ada", family)
    desk.add("Ada", "Nobody")
    for typed in NAMES[family]:
        for query in (typed, f"{typed} ada", f"ad {typed}"):
            items = desk.desk.post("/clients/search", {"query": query}).json["items"]
            assert [client["id"] for client in items] == [found["id"]], query


def test_names_that_only_look_alike_in_part_are_not_found(desk: Desk) -> None:
    desk.add("Ann", "Oneil")
    for query in ("neil", "an ne", "on eil x", "annoneil"):
        assert desk.desk.post("/clients/search", {"query": query}).json["items"] == [], query


def test_a_word_written_together_and_apart_comes_in_one_order_page_by_page(desk: Desk) -> None:
    wanted = [desk.add(given, "Zorn")["id"] for given in ("Mary Ann", "Mary Anne", "Maryann")]
    wanted += [desk.add("Anna Mary", "Zorn")["id"]]
    seen, body = [], {"query": "mary ann", "limit": 1}
    while True:
        page = desk.desk.post("/clients/search", body).json
        seen += [client["id"] for client in page["items"]]
        if page["next_cursor"] is None:
            break
        body["cursor"] = page["next_cursor"]
    assert sorted(seen) == sorted(wanted) and len(seen) == 4


@pytest.mark.parametrize(
    ("name", "other", "reason"),
    [
        (("Ada", "Łuczak"), ("Ada", "Luczak"), "same_name_and_birth_date"),
        (("Ada", "O'Neil"), ("Ada", "Oneil"), "same_name_and_birth_date"),
        (("Mary Ann", "Zorn"), ("Maryann", "Zorn"), "same_name_and_birth_date"),
        (("Jörg", "Strauß"), ("Jorg", "Strauss"), "same_name_and_birth_date"),
        (("Ada", "Müller"), ("Eva", "Mueller"), "similar_name"),
        (("Ada", "Đorđević"), ("Eva", "Djordjevic"), "similar_name"),
        (("Ada", "De la Cruz"), ("Eva", "Delacruz"), "similar_name"),
    ],
)
def test_a_likely_duplicate_may_be_spelt_otherwise(
    desk: Desk, name: tuple[str, str], other: tuple[str, str], reason: str
) -> None:
    first = desk.add(*name)
    found = desk.add(*other)["possible_duplicates"]
    assert [(each["id"], each["reason"]) for each in found] == [(first["id"], reason)]


@pytest.mark.parametrize("sort", ["name", "-name"])
def test_clients_come_as_a_person_sorts_them(desk: Desk, sort: str) -> None:
    wanted = ["adams", "Ångström", "de Groot", "Łuczak", "Lund", "O'Neil", "Oneill", "Zimmer"]
    for family in ("Zimmer", "adams", "Ångström", "Oneill", "Lund", "de Groot", "O'Neil", "Łuczak"):
        desk.add("Ada", family)
    seen, place = [], {}
    while True:
        page = desk.desk.get("/clients", limit=3, sort=sort, **place).json
        seen += [item["family_name"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        place = {"cursor": page["next_cursor"]}
    assert seen == (wanted if sort == "name" else wanted[::-1])
