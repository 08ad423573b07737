"""What a merge of two clients would find in clients, and to whom nothing is told."""

from __future__ import annotations

from typing import Any

import pytest

from services.clients.client_merges.rules import KINDS
from services.clients.tests.conftest import Desk
from services.clients.tests.test_clients_duplicates import find
from shared.ids import new_id

PREVIEW = "/client-merges/preview/clients"
NOTHING = dict.fromkeys(
    ("staff", "contacts", "related_clients", "tags", "addresses", "responsible_people", "own_fields"), 0
)


def preview(who: Any, client_id: str, into_client_id: str) -> Any:
    return who.get(PREVIEW, client_id=client_id, into_client_id=into_client_id)


def code_of(response: Any) -> tuple[int, str]:
    return response.status_code, response.json["code"]


def test_it_counts_what_one_has_and_changes_nothing(desk: Desk) -> None:
    chief = desk.staff("administration")
    ends = desk.add(phone="+12125550142", tags=["Sliding scale", "Evening"])
    stays, sister = desk.add(), desk.add("Bea")
    assert chief.put(f"/clients/{ends['id']}/staff/{chief.staff_id}").status_code in (200, 201)
    related = f"/clients/{ends['id']}/related-clients"
    assert chief.send("PUT", f"{related}/{sister['id']}", {"kind": "sibling"}).status_code == 200
    before = [chief.get(f"/clients/{each['id']}").json for each in (ends, stays)]
    found = preview(chief, ends["id"], stays["id"])
    assert (found.status_code, found.json) == (
        200,
        {
            "client_id": ends["id"],
            "into_client_id": stays["id"],
            "moves": {**NOTHING, "staff": 1, "contacts": 1, "related_clients": 1, "tags": 2},
            "left": dict.fromkeys((*KINDS, "addresses", "responsible_people"), 0),
            "collides": [],
        },
    )
    assert preview(chief, stays["id"], ends["id"]).json["moves"] == NOTHING
    assert [chief.get(f"/clients/{each['id']}").json for each in (ends, stays)] == before


def test_what_speaks_against_it_is_named(desk: Desk) -> None:
    chief = desk.staff("administration")
    ends, stays = desk.add(), desk.add()
    find(desk)
    (pair,) = chief.get("/client-duplicates").json["items"]
    assert chief.post(f"/client-duplicates/{pair['id']}/dismiss").status_code == 200
    related = f"/clients/{ends['id']}/related-clients/{stays['id']}"
    assert chief.send("PUT", related, {"kind": "sibling"}).status_code == 200
    for first, second in ((ends, stays), (stays, ends)):
        found = preview(chief, first["id"], second["id"]).json
        assert found["collides"] == ["related", "two_people"]
        assert found["moves"] == NOTHING, "the relation to each other does not move"


@pytest.mark.parametrize("level", ["billing", "therapist"])
def test_it_takes_the_permission(desk: Desk, level: str) -> None:
    ends, stays = desk.add(), desk.add()
    assert preview(desk.staff(level), ends["id"], stays["id"]).status_code == 403
    assert preview(desk.staff(level, grants=["clients_merge"]), ends["id"], stays["id"]).status_code == 200


def test_refused_are_one_client_an_archived_one_and_one_who_is_hidden(desk: Desk) -> None:
    chief = desk.staff("administration")
    ends, stays = desk.add()["id"], desk.add()["id"]
    assert code_of(preview(chief, ends, ends)) == (409, "self")
    for first, second in ((ends, str(new_id())), (str(new_id()), stays)):
        assert code_of(preview(chief, first, second)) == (404, "not_found")
    narrowed = desk.staff("therapist", grants=["clients_merge", "assigned_only"])
    assert chief.put(f"/clients/{ends}/staff/{narrowed.staff_id}").status_code in (200, 201)
    for first, second in ((ends, stays), (stays, ends), (stays, stays)):
        assert code_of(preview(narrowed, first, second)) == (404, "not_found")
    assert chief.patch(f"/clients/{stays}", {"status": "archived"}).status_code == 200
    for first, second in ((ends, stays), (stays, ends)):
        assert code_of(preview(chief, first, second)) == (409, "archived")
    assert code_of(preview(narrowed, ends, stays)) == (404, "not_found"), "nor whether they are archived"
    assert code_of(preview(chief, "x", stays)) == (422, "invalid")
