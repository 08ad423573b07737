"""Nobody is taken off a client with whom they have open work, unless somebody says that it stays."""

from __future__ import annotations

import itertools
from typing import Any
from uuid import UUID

import pytest

from services.clients.tests.conftest import Desk
from shared.contracts.clinical import OpenWorkCounted
from shared.testing.web import ServiceClient


def counted(desk: Desk, client_id: str, staff: ServiceClient, version: int, *counts: int) -> OpenWorkCounted:
    return OpenWorkCounted(desk.organization_id, UUID(client_id), staff.staff_id, version, *counts)


def assigned(desk: Desk) -> tuple[str, ServiceClient, str]:
    """A client, somebody who is assigned, and the path of the two."""
    client_id, staff = desk.add()["id"], desk.staff("therapist")
    path = f"/clients/{client_id}/staff/{staff.staff_id}"
    assert desk.administrator.put(path).status_code == 200
    return client_id, staff, path


def unassignments(desk: Desk) -> int:
    statement = "SELECT count(*) FROM outbox WHERE type = 'clients.staff_unassigned.v1' AND organization_id = %s"
    ((number,),) = desk.database.rows(statement, str(desk.organization_id))
    return int(number)


def test_open_work_is_counted_and_must_be_acknowledged(desk: Desk) -> None:
    client_id, staff, path = assigned(desk)
    desk.emit(counted(desk, client_id, staff, 1, 3, 1, 1, 0))
    for body in (None, {}, {"acknowledged": False}):
        refused = desk.administrator.send("DELETE", path, body)
        assert (refused.status_code, refused.json["code"]) == (409, "open_work")
        assert [(error["field"], error["value"]) for error in refused.json["errors"]] == [
            ("appointments", "3"),
            ("drafts", "1"),
            ("to_review", "1"),
        ]
        assert refused.json["errors"][0]["detail"] == "3 coming appointments."
    assert unassignments(desk) == 0
    assert desk.administrator.send("DELETE", path, {"acknowledged": True}).json["assigned"] is False
    assert desk.administrator.send("DELETE", path, {"acknowledged": True}).json["code"] == "not_assigned"
    assert unassignments(desk) == 1
    ((details,),) = desk.database.rows(
        "SELECT details->'acknowledged' FROM audit_entries WHERE action = 'delete_client_staff' AND outcome = 'done'"
        " AND organization_id = %s",
        str(desk.organization_id),
    )
    assert details == {"appointments": 3, "drafts": 1, "to_review": 1}


def test_nothing_open_and_nobody_asks(desk: Desk) -> None:
    client_id, staff, path = assigned(desk)
    other, *_ = assigned(desk)
    desk.emit(counted(desk, other, staff, 1, 3, 0, 0, 0), counted(desk, client_id, staff, 1, 1, 0, 0, 0))
    assert desk.administrator.delete(path).status_code == 409
    desk.emit(counted(desk, client_id, staff, 2, 0, 0, 0, 0))
    assert desk.administrator.delete(path).status_code == 200


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))), ids=str)
def test_the_newest_count_holds_in_whatever_order_they_come(desk: Desk, order: tuple[int, ...]) -> None:
    client_id, staff, path = assigned(desk)
    kinds = ((2, 0, 0, 0), (0, 1, 0, 0), (0, 0, 0, 1))
    events = [counted(desk, client_id, staff, version, *counts) for version, counts in enumerate(kinds, 1)]
    for number in order:
        desk.emit(events[number])
        desk.emit(events[number])
    errors = desk.administrator.delete(path).json["errors"]
    assert [(error["field"], error["detail"]) for error in errors] == [("plans_due", "1 treatment plan to review.")]


@pytest.mark.parametrize("body", [{"acknowledged": "perhaps"}, {"acknowledged": None}, {"other": True}, [True]])
def test_bad_input_changes_nothing(desk: Desk, body: Any) -> None:
    _, _, path = assigned(desk)
    assert desk.administrator.send("DELETE", path, body).status_code in (400, 422)
    assert unassignments(desk) == 0


def test_an_assignment_that_is_not_seen_is_not_asked_about(desk: Desk) -> None:
    client_id, staff, path = assigned(desk)
    desk.emit(counted(desk, client_id, staff, 1, 3, 0, 0, 0))
    assert desk.desk.delete(path).status_code == 403
    narrowed = desk.staff("therapist", grants=("assigned_only", "staff_assign"))
    assert narrowed.delete(path).json["code"] == "not_found"
