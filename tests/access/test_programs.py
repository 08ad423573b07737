"""API clients against every row of the route table: what is in their scope goes through, nothing else does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from embedded.api_client import ApiClient as Client
from embedded.stack import Stack
from gateway.route_table.api import ROUTE_TABLE
from shared import permissions
from shared.permissions import PUBLIC
from shared.testing.waiting import wait_until
from shared.web.examples import filled
from tests.access.specimens import SPECIMENS
from tests.access.test_matrix import path_of
from tests.access.worlds import ASSIGNED, ELSEWHERE, Worlds

THIRDS = [sorted(permissions.API_PERMISSIONS)[start::3] for start in range(3)]


@pytest.fixture(scope="module")
def worlds(embedded_stack: Stack) -> Worlds:
    return Worlds.build(embedded_stack, principals=False)


def program(worlds: Worlds, scope: list[str]) -> tuple[str, Client]:
    """A fresh API client's id, and the API as it sees it."""
    expires = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    body = {"name": "Program", "permissions": scope, "expires_at": expires}
    made = worlds.home.owner.post("/api-clients", body)
    tokens = Client(worlds.home.url).post(
        "/tokens", {"client_id": made["id"], "client_secret": made["client_secret"]}, expect=200
    )
    return made["id"], Client(worlds.home.url, tokens["access_token"])


@pytest.mark.parametrize("scope", THIRDS, ids=["first", "second", "third"])
def test_a_program_reaches_its_scope_and_nothing_else(worlds: Worlds, scope: list[str]) -> None:
    _, web = program(worlds, scope)
    wrong = []
    for row in ROUTE_TABLE:
        name = f"{row.method} {row.path}"
        if row.permission == PUBLIC or name not in SPECIMENS:
            continue
        specimen, records = SPECIMENS[name], worlds.of(ASSIGNED)
        body, query = filled(specimen.body, records), filled(specimen.query, records)
        response = web.call(row.method, path_of(row, records), json=body, params=query)
        code = response.json().get("code") if response.status_code >= 400 else ""
        stopped = response.status_code == 403 and code == "forbidden"
        allowed = row.permission in scope and not (specimen.own_or and specimen.own_or not in scope)
        if response.status_code >= 500 or response.status_code == 401 or stopped == allowed:
            wrong.append(f"{name}: {response.status_code} {code}")
    assert not wrong, wrong


def test_another_practices_records_do_not_exist_for_it(worlds: Worlds) -> None:
    _, web = program(worlds, sorted(permissions.API_PERMISSIONS))
    foreign = worlds.of(ELSEWHERE)
    for path in ("/clients/{client_id}", "/cases/{case_id}", "/notes/{note_id}", "/invoices/{invoice_id}"):
        assert web.call("GET", path.format(**foreign)).status_code == 404, path


def test_a_program_is_on_record_and_gone_within_seconds(worlds: Worlds) -> None:
    identifier, web = program(worlds, ["clients:read"])
    client_id = worlds.of(ASSIGNED)["client_id"]
    web.get(f"/clients/{client_id}")
    owner = worlds.home.owner
    wait_until(
        lambda: any(
            entry["action"] == "client.read" and entry["client_id"] == client_id
            for entry in owner.get("/audit/entries", staff_id=identifier)["items"]
        ),
        20,
        "the audit entry",
    )
    owner.post(f"/api-clients/{identifier}/revoke", expect=200)
    wait_until(lambda: web.call("GET", f"/clients/{client_id}").status_code == 401, 5, "the end")
