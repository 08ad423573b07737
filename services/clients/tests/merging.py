"""Merges of the clients service as tests begin, answer and look at them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.clients.client_merges.commands import MERGE_CLIENTS, UNMERGE_CLIENTS
from services.clients.tests.conftest import Desk
from services.clients.tests.jobs import lease_is_over, run_all
from services.clients.tests.test_clients_deleted import SERVICES, answered, told
from shared.testing.web import ServiceClient

GRANT = ("clients_merge", "staff_assign")


def merger(desk: Desk, *levels: str) -> ServiceClient:
    return desk.staff(*(levels or ("administration",)), grants=GRANT)


def proposed(who: ServiceClient, ends: str, stays: str) -> dict[str, Any]:
    response = who.post(f"/clients/{ends}/merge", {"into_client_id": stays, "reason": "added_twice"})
    assert response.status_code == 202, response.text
    assert response.headers["Location"] == f"/api/v1/client-merges/{response.json['id']}"
    return dict(response.json)


def parting(who: ServiceClient, merge_id: str) -> dict[str, Any]:
    response = who.post(f"/client-merges/{merge_id}/undo")
    assert response.status_code == 202, response.text
    return dict(response.json)


def look(desk: Desk) -> None:
    """Do the steps that are due, once no step waits any longer."""
    lease_is_over(desk)
    run_all(desk, MERGE_CLIENTS, UNMERGE_CLIENTS)


def all_agree(desk: Desk) -> None:
    desk.emit(*(answered(desk, service, "ready") for service in SERVICES))
    look(desk)


def merged(desk: Desk, who: ServiceClient, ends: str, stays: str) -> dict[str, Any]:
    """The merge, once it is made."""
    begun = proposed(who, ends, stays)
    all_agree(desk)
    made = who.get(f"/client-merges/{begun['id']}").json
    assert (made["state"], made["error"]) == ("done", None)
    return dict(made)


def parted(desk: Desk, who: ServiceClient, merge_id: str) -> dict[str, Any]:
    """The merge, once it is taken back."""
    parting(who, merge_id)
    all_agree(desk)
    made = who.get(f"/client-merges/{merge_id}").json
    assert (made["parting"]["state"], made["parting"]["error"]) == ("done", None)
    return dict(made)


def staff_ids(desk: Desk, client_id: str) -> set[UUID]:
    """Who is assigned to a client, also to one who is merged."""
    statement = "SELECT staff_id FROM assignments WHERE client_id = %s AND active"
    return {row[0] for row in desk.database.rows(statement, UUID(client_id))}


def told_names(desk: Desk, client_id: str) -> list[int]:
    """The versions under which the other services heard of a client."""
    return [event["version"] for event in told(desk, "client_changed") if event["client_id"] == client_id]
