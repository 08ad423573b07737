"""Pages of clients hold everybody once, whatever happens meanwhile to the client where a page ended."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from services.clients.tests.conftest import Desk
from shared.testing.web import ServiceClient

Pages = Callable[[ServiceClient, str | None], Any]


def listed(asker: ServiceClient, cursor: str | None) -> Any:
    """A page of the list."""
    return asker.get("/clients", limit=2, **({"cursor": cursor} if cursor else {})).json


def backwards(asker: ServiceClient, cursor: str | None) -> Any:
    """A page of the list from its end."""
    return asker.get("/clients", limit=2, sort="-name", **({"cursor": cursor} if cursor else {})).json


def found(asker: ServiceClient, cursor: str | None) -> Any:
    """A page of a search of two words."""
    body = {"query": "ada f", "limit": 2, **({"cursor": cursor} if cursor else {})}
    return asker.post("/clients/search", body).json


def rename(desk: Desk, client_id: str) -> None:
    """To the end of every order."""
    assert desk.desk.patch(f"/clients/{client_id}", {"family_name": "Z", "given_name": "Z"}).status_code == 200


def archive(desk: Desk, client_id: str) -> None:
    """Out of the way."""
    assert desk.desk.patch(f"/clients/{client_id}", {"status": "archived"}).status_code == 200


def delete(desk: Desk, client_id: str) -> None:
    """For good, as a merge would."""
    with psycopg.connect(desk.database.admin_url, autocommit=True) as connection:
        connection.execute("DELETE FROM assignments WHERE client_id = %s", [client_id])
        connection.execute("DELETE FROM clients WHERE id = %s", [client_id])


def unassign(desk: Desk, client_id: str) -> None:
    """From the person who sees only their own clients."""
    with psycopg.connect(desk.database.admin_url, autocommit=True) as connection:
        connection.execute("UPDATE assignments SET active = false WHERE client_id = %s", [client_id])


@pytest.mark.parametrize("happens", [rename, archive, delete, unassign])
@pytest.mark.parametrize("pages", [listed, backwards, found])
@pytest.mark.parametrize("narrowed", [False, True])
def test_what_becomes_of_the_last_client_changes_nothing_about_the_other_pages(
    desk: Desk, pages: Pages, happens: Callable[[Desk, str], None], narrowed: bool
) -> None:
    asker = desk.staff("therapist", grants=("assigned_only",)) if narrowed else desk.desk
    for number in range(6):
        body = {"given_name": "Ada", "family_name": f"F{number}", "date_of_birth": "1990-01-02"}
        assert asker.post("/clients", body).status_code == 201
    whole = [*range(6)] if pages is not backwards else [5, 4, 3, 2, 1, 0]
    first = pages(asker, None)
    assert [item["family_name"] for item in first["items"]] == [f"F{number}" for number in whole[:2]]
    happens(desk, first["items"][1]["id"])
    second = pages(asker, first["next_cursor"])
    assert [item["family_name"] for item in second["items"]] == [f"F{number}" for number in whole[2:4]]
    third = pages(asker, second["next_cursor"])
    rest = [item["family_name"] for item in third["items"] if item["family_name"] != "Z"]
    assert rest == [f"F{number}" for number in whole[4:]]


def test_a_cursor_is_of_one_order_and_one_search(desk: Desk) -> None:
    for number in range(4):
        desk.add("Ada", f"F{number}")
    cursor = listed(desk.desk, None)["next_cursor"]
    for other in ("-name", "created_at", "-created_at"):
        refused = desk.desk.get("/clients", sort=other, cursor=cursor)
        assert (refused.status_code, refused.json["errors"][0]["code"]) == (422, "wrong_cursor"), other
    cursor = found(desk.desk, None)["next_cursor"]
    for query in ("ada", "f ada", "fa"):
        assert desk.desk.post("/clients/search", {"query": query, "cursor": cursor}).status_code == 422, query
    elsewhere = desk.web.as_actor("default")
    assert elsewhere.post("/clients/search", {"query": "ada f", "cursor": cursor}).status_code == 422


@pytest.mark.abuse("A-IDOR-search-order")
def test_hidden_names_choose_no_order(desk: Desk) -> None:
    """Which word is rare is counted among those clients whom somebody may see."""
    own = desk.staff("therapist", grants=("assigned_only",))
    for given, family in (("Maria", "Zorn"), ("Zoe", "Martin")):
        body = {"given_name": given, "family_name": family, "date_of_birth": "1990-01-02"}
        assert own.post("/clients", body).status_code == 201

    def order() -> list[str]:
        found = own.post("/clients/search", {"query": "mar zo"}).json["items"]
        return [client["family_name"] for client in found]

    before = order()
    for number in range(3):
        desk.add("Zoltan", f"Hidden{number}")
    assert order() == before
    for number in range(6):
        desk.add("Marlene", f"Hidden{number}")
    assert order() == before
