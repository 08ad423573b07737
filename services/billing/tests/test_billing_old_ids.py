"""Every route of billing that is asked by a client's id: the id of one who was merged means the survivor."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest

from services.billing.app import ROUTES
from shared.ids import new_id

NAMES = {"client_id", "client_ids", "into_client_id", "members"}


def names_in(schema):
    return sorted(NAMES.intersection(schema().fields)) if schema is not None else []


PATHS = [route for route in ROUTES if "{client_id}" in route.path]
QUERIES = [(route, name) for route in ROUTES for name in names_in(route.query)]
BODIES = [(route, name) for route in ROUTES for name in names_in(route.body)]


@pytest.fixture(scope="module")
def merged(new_practice):
    """A client who was merged into another one, each with an invoice, a payment and a session that nothing bills."""
    practice = new_practice()
    stays, ends, third, service = practice.client(), practice.client(), practice.client(), practice.service()
    for client in (stays, ends):
        practice.issue(client, service)
        practice.pay(client, 20_000)
        unbilled = practice.draft(client, service)
        void = {"reason": "pro bono", "redraft": False}
        assert practice.biller.post(f"/invoices/{unbilled['id']}/void", void).status_code == 200
    practice.merge(ends, stays)
    yield SimpleNamespace(
        practice=practice, stays=stays, ends=ends, third=third, appointment_id=unbilled["appointment_id"]
    )
    assert practice.contradictions() == []


def send(merged, route, *, query=None, body=None, **ids):
    """What a route answers to an administrator."""
    path = re.sub(r"{(\w+)}", lambda name: str(ids[name[1]]), route.path.removeprefix("/api/v1"))
    return merged.practice.administrator.send(route.method, path, body, query=query)


def test_there_are_routes_of_each_kind():
    assert len(PATHS) >= 1 and len(QUERIES) >= 4 and len(BODIES) >= 3


@pytest.mark.parametrize("route", PATHS, ids=lambda route: route.name)
def test_an_address_leads_to_the_survivor(merged, route):
    response = send(merged, route, client_id=merged.ends, query={"limit": "3"})
    assert (response.status_code, response.json["code"]) == (308, "client_merged")
    place = route.path.format(client_id=merged.stays)
    assert response.headers["Location"] == f"{place}?limit=3"


@pytest.mark.parametrize(("route", "name"), QUERIES, ids=lambda value: getattr(value, "name", value))
def test_a_query_means_the_survivor(merged, route, name):
    others = {each: str(merged.third) for each in names_in(route.query) if each != name and route.method == "GET"}
    sent = [send(merged, route, query={**others, name: str(client)}) for client in (merged.ends, merged.stays)]
    assert [response.status_code for response in sent] == [200, 200]
    assert sent[0].json == sent[1].json
    assert sent[0].json != send(merged, route, query={**others, name: str(merged.practice.client())}).json


# What a route that changes something makes of the body for the client who ended; a new one needs a line.
MADE = {
    "post_payment": lambda merged, made: made["client_id"] == str(merged.stays),
    # It is drafted for the client whose note documents the session: that was the one who ended.
    "post_draft_invoice": lambda merged, made: made["client_id"] == str(merged.ends),
}


@pytest.mark.parametrize(("route", "name"), BODIES, ids=lambda value: getattr(value, "name", value))
def test_a_body_means_the_survivor(merged, route, name):
    ids = {"appointment_id": merged.appointment_id}

    def body(client):
        value = [str(client)] if name.endswith("s") else str(client)
        return {**route.example, name: value}

    response = send(merged, route, body=body(merged.ends), **ids)
    if route.reads:
        assert response.json == send(merged, route, body=body(merged.stays), **ids).json
        assert str(merged.stays) in response.text and str(merged.ends) not in response.text
    else:
        assert response.status_code == 201, response.json
        assert MADE[route.name](merged, response.json)


def test_both_ids_in_one_look_up_are_one_client(merged):
    sent = {"client_ids": [str(merged.ends), str(merged.third), str(merged.stays), str(new_id())]}
    found = merged.practice.biller.post("/balances/lookup", sent).json["items"]
    assert [row["client_id"] for row in found] == [str(merged.stays), str(merged.third)]
