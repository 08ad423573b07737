"""SIGKILL at each point of the chain from signature to settled receipt; ROUNDS repeats each (make soak: many)."""

from __future__ import annotations

import itertools
import os
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pytest
import requests

from shared.testing.waiting import wait_until
from tests.faults.oracles import everything_holds
from tests.practice import Practice
from tests.running import TestStack

ROUNDS = int(os.environ.get("ROUNDS", "1"))

SIGNING = ["sign.after_note", "sign.after_outbox"]
RELAY = [
    "relay.after_claim",
    "relay.before_publish",
    "relay.after_confirm",
    "relay.before_commit",
    "relay.after_commit",
]
CONSUMER = [
    "consumer.received",
    "consumer.verified",
    "consumer.after_inbox",
    "consumer.after_effect",
    "consumer.before_commit",
    "consumer.after_commit",
    "consumer.after_ack",
    "receipts.after_publish",
    "billing.after_draft",
]
SETTLING = ["receipts.after_settle"]

POINTS = (
    [("clinical web", point) for point in SIGNING]
    + [("clinical worker", point) for point in RELAY + SETTLING]
    + [("billing worker", point) for point in CONSUMER]
)
_days = itertools.count()


@pytest.fixture(scope="module")
def client_id(practice: Practice) -> str:
    return practice.new_client()[0]


@pytest.mark.timeout(120 * ROUNDS)
@pytest.mark.parametrize(("process", "point"), POINTS, ids=lambda value: value)
def test_killed_there_nothing_is_lost_or_doubled(
    stack: TestStack, practice: Practice, client_id: str, process: str, point: str
) -> None:
    for _ in range(ROUNDS):
        appointment_id = practice.book(client_id, next_start())
        note_id = practice.draft_note(appointment_id, client_id)
        armed = stack.arm(process, point)
        response = sign(practice, note_id)
        wait_until(partial(gone, armed), 30, f"the kill at {point}")
        if response.status_code != 200:
            assert response.status_code == 503
            wait_until(partial(signs, practice, note_id), 30, "the repeated signature")
        everything_holds(stack, {appointment_id})


def gone(armed: Path) -> bool:
    return not armed.exists()


def next_start() -> str:
    """A slot that nobody has: one day after the other, at nine."""
    return (date(2023, 1, 2) + timedelta(days=next(_days))).isoformat() + "T09:00"


def sign(practice: Practice, note_id: str) -> requests.Response:
    key = {"Idempotency-Key": note_id}
    return practice.people["therapist"].call("POST", f"/notes/{note_id}/sign", headers=key)


def signs(practice: Practice, note_id: str) -> bool:
    """What a client does with a 503: the same request with the same key, until there is an answer."""
    return sign(practice, note_id).status_code == 200
