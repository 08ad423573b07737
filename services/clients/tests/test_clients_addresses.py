"""Addresses of clients from a day on: `address` is the one of today, and none is ever lost."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.clients.addresses import rules
from services.clients.addresses.rules import Dated
from services.clients.tests.conftest import Desk
from services.clients.tests.merging import merged, merger, parted
from shared import clock
from shared.contracts.identity import OrganizationChanged
from shared.ids import new_id

HERE = {"line1": "1 Main St", "line2": None, "city": "New York", "state": "NY", "postal_code": "10001"}
THERE = {**HERE, "line1": "2 Elm St"}
BEACH = {**HERE, "line1": "3 Bay Ave"}


def today() -> date:
    """Asked for each time: a test may begin on the day before."""
    return clock.today("UTC")


def path(client: dict[str, Any]) -> str:
    return f"/clients/{client['id']}/addresses"


def move(desk: Desk, client: dict[str, Any], address: Any, first: date, **more: Any) -> dict[str, Any]:
    response = desk.desk.post(path(client), {"address": address, "effective_from": first.isoformat(), **more})
    assert response.status_code == 201, response.text
    assert desk.desk.get(f"{path(client)}/{response.json['id']}").json == response.json
    return dict(response.json)


def listed(desk: Desk, client: dict[str, Any]) -> list[tuple[str, str | None, str]]:
    """Street, first day and state of each, newest first."""
    items = desk.desk.get(path(client)).json["items"]
    return [(each["address"] and each["address"]["line1"], each["effective_from"], each["state"]) for each in items]


def address(desk: Desk, client: dict[str, Any]) -> Any:
    """As the record, the list and the search say it."""
    record = desk.desk.get(f"/clients/{client['id']}").json["address"]
    found = desk.desk.post("/clients/search", {"query": client["family_name"]}).json["items"]
    pages = desk.desk.get("/clients").json["items"]
    assert [each["address"] for each in (*found, *pages) if each["id"] == client["id"]] == [record, record]
    return record


def test_who_moves_keeps_the_earlier_address_on_record(desk: Desk) -> None:
    client = desk.add(address=HERE)
    assert listed(desk, client) == [("1 Main St", None, "current")]
    moved = desk.desk.patch(f"/clients/{client['id']}", {"address": THERE})
    assert (moved.json["address"], moved.json["version"]) == (THERE, 2)
    assert desk.desk.patch(f"/clients/{client['id']}", {"address": THERE}).json["version"] == 2
    assert listed(desk, client) == [("2 Elm St", today().isoformat(), "current"), ("1 Main St", None, "past")]
    assert desk.desk.patch(f"/clients/{client['id']}", {"address": None}).json["address"] is None
    assert [state for _, _, state in listed(desk, client)] == ["current", "replaced", "past"]


def test_a_coming_address_begins_on_its_day(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    zone = "Pacific/Kiritimati"
    desk.emit(OrganizationChanged(desk.organization_id, 1, "Practice", zone))
    client, today = desk.add(address=HERE), clock.today(zone)
    move(desk, client, THERE, today + timedelta(days=3), label="College")
    move(desk, client, BEACH, today + timedelta(days=5))
    assert address(desk, client) == HERE
    assert [state for _, _, state in listed(desk, client)] == ["coming", "coming", "current"]
    now = clock.now()
    for days, holds in ((2, HERE), (3, THERE), (6, BEACH)):
        monkeypatch.setattr(clock, "now", lambda days=days: now + timedelta(days=days))
        assert address(desk, client) == holds, days
    assert [state for _, _, state in listed(desk, client)] == ["current", "past", "past"]
    assert desk.desk.patch(f"/clients/{client['id']}", {"address": HERE}).json["address"] == HERE
    assert [street for street, _, _ in listed(desk, client)] == ["1 Main St", "3 Bay Ave", "2 Elm St", "1 Main St"]


def test_what_the_release_before_wrote_is_not_lost(desk: Desk) -> None:
    client = desk.add()
    write = "UPDATE clients SET address = %s::jsonb WHERE id = %s RETURNING 1"
    desk.database.rows(write, json.dumps({**HERE, "line1": "9 Old Rd"}), client["id"])
    move(desk, client, HERE, today())
    assert listed(desk, client) == [("1 Main St", today().isoformat(), "current"), ("9 Old Rd", None, "past")]
    desk.database.rows(write, json.dumps({**HERE, "line1": "8 Old Rd"}), client["id"])
    move(desk, client, THERE, today())
    assert [street for street, _, _ in listed(desk, client)] == ["2 Elm St", "8 Old Rd", "1 Main St", "9 Old Rd"]


def test_a_first_address_counts_from_its_day_also_one_that_is_past(desk: Desk) -> None:
    client = desk.add()
    assert listed(desk, client) == []
    move(desk, client, HERE, today() - timedelta(days=300))
    move(desk, client, BEACH, today() - timedelta(days=400))
    assert address(desk, client) == HERE
    assert [state for _, _, state in listed(desk, client)] == ["past", "current"]


def test_what_is_wrong_is_refused_and_nobody_else_sees_or_adds_one(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    client = desk.add(address=HERE)
    good = {"address": THERE, "effective_from": "2026-06-01"}
    for wrong in ({**good, "effective_from": None}, {"address": THERE}, {**good, "address": {"line1": "1"}}):
        assert desk.desk.post(path(client), wrong).status_code == 422, wrong
    stale = desk.desk.post(path(client), good, **{"If-Match": '"7"'})
    assert stale.status_code == 412
    narrowed = desk.staff("therapist", grants=("assigned_only",))
    elsewhere = Desk(desk.web, desk.database, desk.worker).desk
    for asker in (narrowed, elsewhere):
        statuses = [
            asker.get(path(client)),
            asker.get(f"{path(client)}/{client['id']}"),
            asker.post(path(client), good),
        ]
        assert [each.status_code for each in statuses] == [404] * 3
    reads = desk.web.as_program("clients:read", organization_id=desk.organization_id)
    assert (reads.get(path(client)).status_code, reads.post(path(client), good).status_code) == (200, 403)
    assert desk.desk.get(f"{path(client)}/{new_id()}").status_code == 404
    monkeypatch.setattr(rules, "ADDRESSES_MAX", 1)
    full = desk.desk.post(path(client), good)
    assert (full.status_code, full.json["code"]) == (409, "too_many_addresses")
    assert desk.desk.patch(f"/clients/{client['id']}", {"address": THERE}).status_code == 409
    assert address(desk, client) == HERE


def test_addresses_come_in_pages_and_go_with_the_client(desk: Desk) -> None:
    client = desk.add(address=HERE)
    move(desk, client, THERE, today())
    first = desk.desk.get(path(client), limit=1).json
    rest = desk.desk.get(path(client), limit=1, cursor=first["next_cursor"]).json
    assert [each["address"] for each in first["items"] + rest["items"]] == [THERE, HERE] and not rest["next_cursor"]
    desk.database.rows("DELETE FROM clients WHERE id = %s RETURNING 1", client["id"])
    assert desk.database.rows("SELECT 1 FROM client_addresses WHERE client_id = %s", UUID(client["id"])) == []


@given(st.lists(st.none() | st.integers(0, 6), max_size=8), st.integers(0, 6))
def test_on_every_day_one_holds_and_each_has_one_state(firsts: list[int | None], now: int) -> None:
    day = date(2026, 3, 1)
    recorded = [
        Dated(UUID(int=at), None if first is None else day + timedelta(days=first), {"line1": str(at)})
        for at, first in enumerate(firsts)
    ]
    today = day + timedelta(days=now)
    states, current = rules.states(recorded, today), rules.in_force(recorded, today)
    assert [each for each, state in states.items() if state == rules.CURRENT] == ([current.id] if current else [])
    for later in range(now, 8):
        begun = [
            each for each in rules.coming(recorded, today) if each.first and each.first <= day + timedelta(days=later)
        ]
        holds = rules.in_force(recorded, day + timedelta(days=later))
        assert (begun[-1] if begun else current) == holds


LAYERS = st.lists(st.lists(st.none() | st.integers(0, 6), max_size=3), min_size=1, max_size=3)


@given(LAYERS, st.integers(0, 6))
def test_of_a_family_the_address_of_who_stays_holds_and_before_it_the_next_ones(
    firsts: list[list[int | None]], now: int
) -> None:
    day = date(2026, 3, 1)
    layers = [
        [
            Dated(UUID(int=100 * place + at), None if first is None else day + timedelta(days=first), {"line1": "x"})
            for at, first in enumerate(layer)
        ]
        for place, layer in enumerate(firsts)
    ]
    for later in range(8):
        on = day + timedelta(days=later)
        first_layer = next(filter(None, (rules.in_force(layer, on) for layer in layers)), None)
        assert rules.in_force(rules.holding(layers), on) == first_layer
    states = rules.states_of_layers(layers, day + timedelta(days=now))
    assert states.keys() == {each.id for layer in layers for each in layer}
    assert rules.holding(layers[:1]) == layers[0]


def test_a_merge_fills_the_days_without_an_address_and_parting_empties_them(desk: Desk) -> None:
    who, ends, stays = merger(desk), desk.add("Ada", "Early", address=HERE), desk.add("Ada", "Late")
    move(desk, ends, BEACH, today() + timedelta(days=9))
    first = today() - timedelta(days=30)
    of_days = {"client_id": ends["id"], "into_client_id": stays["id"]}
    assert who.get("/client-merges/preview/clients", **of_days).json["moves"]["addresses"] == 2
    made = merged(desk, who, ends["id"], stays["id"])
    assert (made["came_along"]["addresses"], made["left"]["addresses"]) == (2, 0)
    assert address(desk, stays) == HERE
    assert [state for _, _, state in listed(desk, stays)] == ["coming", "current"]
    moved = move(desk, stays, THERE, first)
    assert (moved["client_id"], address(desk, stays)) == (stays["id"], THERE)
    assert [(street, state) for street, _, state in listed(desk, stays)] == [
        ("2 Elm St", "current"),
        ("3 Bay Ave", "aside"),
        ("1 Main St", "past"),
    ]
    parted(desk, who, made["id"])
    assert listed(desk, stays) == [("2 Elm St", first.isoformat(), "current")]
    assert (address(desk, stays), address(desk, ends)) == (THERE, HERE)
    assert [state for _, _, state in listed(desk, ends)] == ["coming", "current"]
    again = merged(desk, who, ends["id"], stays["id"])
    assert (again["came_along"]["addresses"], again["left"]["addresses"]) == (1, 1)
    twin = desk.add("Ada", "Twin", address=HERE)
    same = merged(desk, who, twin["id"], stays["id"])
    assert (same["came_along"]["addresses"], same["left"]["addresses"]) == (0, 0), "who stays has it anyway"
    assert len(listed(desk, stays)) == 3, "and it is listed once"
    parted(desk, who, again["id"])
    assert [street for street, _, _ in listed(desk, stays)] == ["1 Main St", "2 Elm St"]


def test_an_address_that_stands_in_the_row_alone_comes_along(desk: Desk) -> None:
    who, ends, stays = merger(desk), desk.add("Ada", "Early"), desk.add("Ada", "Late")
    write = "UPDATE clients SET address = %s::jsonb WHERE id = %s RETURNING 1"
    desk.database.rows(write, json.dumps(HERE), ends["id"])
    made = merged(desk, who, ends["id"], stays["id"])
    assert address(desk, stays) == HERE
    assert desk.desk.patch(f"/clients/{stays['id']}", {"address": THERE}).status_code == 200
    assert listed(desk, stays) == [("2 Elm St", today().isoformat(), "current"), ("1 Main St", None, "past")]
    parted(desk, who, made["id"])
    assert listed(desk, stays) == [("2 Elm St", today().isoformat(), "current")]
