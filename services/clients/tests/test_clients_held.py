"""While somebody is about to be merged, separated or deleted, nothing of theirs is changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from services.clients.app import ROUTES
from services.clients.tests.conftest import Desk
from services.clients.tests.merging import all_agree, merger, parting, proposed
from shared import clock
from shared.web.merged_clients import has_own_address
from shared.web.routes import PLACEHOLDER, Route

# What changes something below no client's address, with the ids of what it changes; None: nothing of one client.
ELSEWHERE: dict[str, str | None] = {
    "patch_responsible_person": "responsible_person_id",
    "delete_responsible_person": "responsible_person_id",
    **dict.fromkeys(
        (
            "post_client",
            "post_client_field",
            "patch_client_field",
            "post_client_duplicate_dismissal",  # of a pair: it says nothing of either
            "post_client_duplicate_undo",
            "post_client_merge_undo",  # proposes itself, and is decided once the other change is
            "post_assignments",  # a job, which leaves out whom it cannot assign
            "post_assignments_undo",  # likewise
            "post_client_import",
            "put_client_import_mapping",
            "patch_client_import_row",
            "post_client_import_commit",
            "post_client_import_undo",
            "post_client_import_cancellation",
            "post_clients_job_cancellation",
            "patch_clients_work_item",
        )
    ),
}
CHANGING = [route for route in ROUTES if route.writes and not route.reads]
# A job is decided for itself: proposing a second change is refused by those who hold the client for the first one.
HELD = [route for route in CHANGING if has_own_address(route.path) and route.status != 202]


@pytest.fixture(autouse=True)
def no_job_left(desk: Desk) -> Iterator[None]:
    yield
    desk.database.rows("DELETE FROM job_queue RETURNING 1")


def test_every_route_that_changes_something_has_its_place_here() -> None:
    others = {route.name for route in CHANGING if not has_own_address(route.path)}
    assert others == ELSEWHERE.keys()
    assert {route.name for route in HELD} >= {"patch_client", "post_responsible_person", "post_client_address"}


def send(desk: Desk, route: Route, ids: dict[str, str]) -> Any:
    path = PLACEHOLDER.sub(lambda name: ids[name[1]], route.path).removeprefix("/api/v1")
    body = {
        name: PLACEHOLDER.sub(lambda named: ids[named[1]], value) if isinstance(value, str) else value
        for name, value in (route.example or {}).items()
    }
    return desk.administrator.send(route.method, path, body if route.body and route.example else None)


def ids_of(desk: Desk, client_id: str) -> dict[str, str]:
    """Everything that routes below a client name, of this one."""
    soon = (clock.today("UTC") + timedelta(days=2)).isoformat()
    share = {"given_name": "Rosa", "family_name": "Quint", "share": {"kind": "rest"}, "effective_from": soon}
    return {
        "client_id": client_id,
        "related_client_id": desk.add("Bea")["id"],
        "staff_id": str(desk.staff("therapist").staff_id),
        "responsible_person_id": desk.desk.post(f"/clients/{client_id}/responsible-people", share).json["id"],
    }


@pytest.mark.abuse("A-ROLE-change-of-a-held-client")
@pytest.mark.parametrize("which", ["ends", "stays"])
def test_nothing_of_the_two_is_changed_until_it_is_decided(desk: Desk, which: str) -> None:
    who, clients = merger(desk), {"ends": desk.add()["id"], "stays": desk.add()["id"]}
    ids = ids_of(desk, clients[which])
    routes = [*HELD, *(route for route in CHANGING if ELSEWHERE.get(route.name))]
    merge_id = proposed(who, clients["ends"], clients["stays"])["id"]
    before = desk.desk.get(f"/clients/{ids['client_id']}").json
    for route in routes:
        refused = send(desk, route, ids)
        assert (refused.status_code, refused.json["code"]) == (409, "client_held"), (route.name, refused.text)
    assert desk.desk.get(f"/clients/{ids['client_id']}").json == before
    all_agree(desk)
    assert who.get(f"/client-merges/{merge_id}").json["state"] == "done"
    ids["client_id"] = clients["stays"]
    assert send(desk, next(route for route in HELD if route.name == "patch_client"), ids).status_code == 200
    parting(who, merge_id)
    assert send(desk, next(route for route in HELD if route.name == "patch_client"), ids).json["code"] == "client_held"


def test_the_hold_ends_by_itself(desk: Desk) -> None:
    who, ends, stays = merger(desk), desk.add()["id"], desk.add()["id"]
    proposed(who, ends, stays)
    assert desk.desk.patch(f"/clients/{stays}", {"sex": "female"}).status_code == 409
    later = "UPDATE client_changes SET created_at = created_at - interval '61 seconds' RETURNING 1"
    desk.database.rows(later)
    assert desk.desk.patch(f"/clients/{stays}", {"sex": "female"}).status_code == 200
