"""SIGKILL at each point of the chain from signature to settled receipt; ROUNDS repeats each (make soak: many)."""

from __future__ import annotations

import itertools
import os
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pytest
import requests

from embedded.api_client import ApiClient
from shared import clock
from shared.testing.waiting import wait_until
from tests.faults.oracles import everything_holds
from tests.practice import PASSWORD, Practice
from tests.running import TestStack, count, settled

ROUNDS = int(os.environ.get("ROUNDS", "1"))

SIGNING = [
    "request.before_begin",
    "sign.after_note",
    "sign.after_outbox",
    "request.after_audit",
    "request.before_commit",
    "commit.statements_sent",
    "commit.sent",
    "request.after_commit",
    "request.after_answer",
]
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
    "commit.statements_sent",
    "commit.sent",
    "consumer.after_commit",
    "consumer.after_ack",
    "receipts.after_publish",
    "billing.after_draft",
]
SETTLING = ["receipts.after_settle", "consumer.after_commit"]
COUNTING = ["open_work.after_take", "open_work.before_commit"]
ISSUING = ["ledger.after_postings", "invoice.after_outbox"]

POINTS = (
    [("clinical web", point) for point in SIGNING]
    + [("clinical worker", point) for point in RELAY + SETTLING]
    + [("billing worker", point) for point in CONSUMER]
)
_days = itertools.count()
DAYS_AHEAD = itertools.count(20)  # appointments that are still to come


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


@pytest.mark.parametrize("point", ISSUING)
def test_an_invoice_is_issued_once(stack: TestStack, practice: Practice, client_id: str, point: str) -> None:
    appointment_id = practice.document(client_id, next_start())
    path = f"/invoices/{practice.draft_of(appointment_id)['id']}/issue"
    key = {"Idempotency-Key": path}
    armed = stack.arm("billing web", point)
    biller = practice.people["biller"]
    assert biller.call("POST", path, headers=key).status_code == 503
    wait_until(partial(gone, armed), 30, f"the kill at {point}")
    wait_until(lambda: biller.call("POST", path, headers=key).status_code == 200, 30, "the repeated issuing")
    invoice_id = path.split("/")[2]
    issued = f"SELECT count(*) FROM journal_entries WHERE key = 'invoice:{invoice_id}:issue'"
    assert count(stack, "billing", issued) == 1
    gaps = "SELECT coalesce(sum(last_n), 0) - (SELECT count(*) FROM invoices WHERE number IS NOT NULL)"
    assert count(stack, "billing", f"{gaps} FROM invoice_counters") == 0
    everything_holds(stack, {appointment_id})


def test_the_gateway_is_killed_before_it_hands_the_answer_on(
    stack: TestStack, practice: Practice, client_id: str
) -> None:
    appointment_id = practice.book(client_id, next_start())
    note_id = practice.draft_note(appointment_id, client_id)
    armed = stack.arm("gateway", "gateway.after_answer")
    with pytest.raises(requests.ConnectionError):
        sign(practice, note_id)
    wait_until(partial(gone, armed), 30, "the kill of the gateway")
    wait_until(partial(signs, practice, note_id), 30, "the repeated signature")
    signatures = f"SELECT count(*) FROM note_versions WHERE note_id = '{note_id}'"
    assert count(stack, "clinical", signatures) == 1
    everything_holds(stack, {appointment_id})


def test_a_sign_in_that_is_killed_leaves_no_session(stack: TestStack, practice: Practice) -> None:
    sessions = f"SELECT count(*) FROM sessions WHERE staff_id = '{practice.staff_ids['desk']}'"
    before = count(stack, "identity", sessions)
    armed = stack.arm("identity web", "session.after_insert")
    body = {"email": practice.email("desk"), "password": PASSWORD}
    assert ApiClient(practice.url).call("POST", "/sessions", json=body).status_code == 503
    wait_until(partial(gone, armed), 30, "the kill of the sign-in")
    assert count(stack, "identity", sessions) == before
    again = ApiClient(practice.url)
    wait_until(lambda: again.call("POST", "/sessions", json=body).status_code == 201, 30, "the next sign-in")
    assert count(stack, "identity", sessions) == before + 1


def test_a_change_of_levels_is_told_by_the_next_worker(stack: TestStack, practice: Practice) -> None:
    staff_id = practice.staff_ids["desk"]
    armed = stack.arm("identity worker", "relay.after_claim")
    practice.owner.patch(f"/staff/{staff_id}", {"levels": ["default", "billing"]})
    wait_until(partial(gone, armed), 30, "the kill of the relay")
    known = f"SELECT count(*) FROM staff_copies WHERE id = '{staff_id}' AND 'billing' = ANY(levels)"
    wait_until(lambda: count(stack, "clinical", known) == 1, 60, "the new levels")
    practice.owner.patch(f"/staff/{staff_id}", {"levels": ["default"]})
    everything_holds(stack, set())


def gone(armed: Path) -> bool:
    return not armed.exists()


def next_start() -> str:
    """A slot that nobody has: one day after the other, at nine."""
    return (date(2023, 1, 2) + timedelta(days=next(_days))).isoformat() + "T09:00"


def sign(practice: Practice, note_id: str) -> requests.Response:
    key = {"Idempotency-Key": note_id}
    return practice.people["therapist"].call("POST", f"/notes/{note_id}/sign", headers=key)


def signs(practice: Practice, note_id: str) -> bool:
    """What a client does with a 503 or without an answer: the same request with the same key, until there is one."""
    try:
        return sign(practice, note_id).status_code == 200
    except requests.ConnectionError:
        return False


@pytest.mark.parametrize("point", COUNTING)
def test_what_was_to_be_counted_is_counted_by_the_next_worker(
    stack: TestStack, practice: Practice, client_id: str, point: str
) -> None:
    of_pair = f"client_id = '{client_id}' AND staff_id = '{practice.staff_ids['therapist']}'"
    counted = f"SELECT coalesce(sum(appointments), 0) FROM open_work_copies WHERE {of_pair}"
    before = count(stack, "clients", counted)
    armed = stack.arm("clinical worker", point)
    practice.book(client_id, f"{clock.now() + timedelta(days=next(DAYS_AHEAD)):%Y-%m-%d}T10:00")
    wait_until(partial(gone, armed), 30, f"the kill at {point}")
    wait_until(lambda: count(stack, "clients", counted) == before + 1, 60, "the count at clients")
    versions = f"SELECT sum(version) FROM open_work_counts WHERE {of_pair}"
    events = "SELECT count(*) FROM outbox WHERE type = 'clinical.open_work_counted.v1'"
    of_data = f"data->>'client_id' = '{client_id}' AND data->>'staff_id' = '{practice.staff_ids['therapist']}'"
    assert count(stack, "clinical", versions) == count(stack, "clinical", f"{events} AND {of_data}"), "told once"
    wait_until(lambda: settled(stack), 60, "the settling of every event")
