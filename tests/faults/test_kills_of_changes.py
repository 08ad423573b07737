"""SIGKILL at each step by which services agree to delete a client: it ends the same."""

from __future__ import annotations

from functools import partial

import pytest

from shared.testing.waiting import wait_until
from tests.faults.test_kills import gone
from tests.practice import Practice
from tests.running import TestStack, count, settled

CHANGING = [
    ("clients web", "change.proposed"),
    ("clinical worker", "change.answered"),
    ("billing worker", "change.answered"),
    ("clinical worker", "change.settled"),
    ("billing worker", "change.settled"),
]


@pytest.mark.parametrize(("process", "point"), CHANGING, ids=lambda value: value)
def test_killed_there_the_client_is_deleted_once(
    stack: TestStack, practice: Practice, process: str, point: str
) -> None:
    added = {"given_name": "Ada", "family_name": "Twice", "date_of_birth": "1990-01-02"}
    client_id = practice.owner.post("/clients", added)["id"]
    wait_until(lambda: settled(stack), 60, "the client everywhere")
    armed = stack.arm(process, point)

    def started() -> bool:
        headers = {"Idempotency-Key": client_id}
        response = practice.owner.call("DELETE", f"/clients/{client_id}", json={"reason": "duplicate"}, headers=headers)
        return response.status_code == 202

    wait_until(started, 30, "the deletion that is answered")
    wait_until(partial(gone, armed), 30, f"the kill at {point}")

    def deleted() -> bool:
        return bool(practice.owner.call("GET", f"/clients/{client_id}").status_code == 404)

    wait_until(deleted, 30, "the deletion")
    for service in ("clinical", "billing"):
        left = f"SELECT count(*) FROM client_copies WHERE id = '{client_id}' AND status <> 'deleted'"
        wait_until(lambda: count(stack, service, left) == 0, 30, f"{service} to forget")  # noqa: B023 - called in this turn
    changes = f"SELECT count(*) FROM client_changes WHERE '{client_id}' = ANY(client_ids)"
    assert count(stack, "clients", f"{changes} AND outcome = 'applied'") == count(stack, "clients", changes) == 1
    wait_until(lambda: settled(stack), 60, "the settling of every event")
