"""Parts that are away: what can go on does, the rest says 503 with Retry-After, everything catches up."""

from __future__ import annotations

import threading
import time

import pytest

from embedded.stack import Stack
from gateway.edge.sessions import REMEMBER_SECONDS
from shared.testing.rabbitmq import PrivateRabbitMQ
from shared.testing.waiting import wait_until
from tests.faults.oracles import everything_holds
from tests.practice import Practice
from tests.running import count, frozen, restart, running_stack

# By then the gateway has forgotten whose session a token is.
FORGOTTEN_SECONDS = REMEMBER_SECONDS + 0.2


def test_while_billing_is_away_the_others_work_and_invoices_come_afterwards(stack: Stack, practice: Practice) -> None:
    client_id, _ = practice.new_client()
    with frozen(stack, "billing worker"):
        appointment_id = practice.document(client_id, "2026-09-01T09:00")
        assert practice.invoices(appointment_id) == []
    practice.draft_of(appointment_id)
    with frozen(stack, "billing web"):
        response = practice.owner.call("GET", "/invoices")
        assert (response.status_code, response.json()["code"]) == (503, "unavailable")
        assert int(response.headers["Retry-After"]) >= 1
        practice.owner.get("/clients")
    wait_until(lambda: practice.owner.call("GET", "/invoices").status_code == 200, 20, "billing")
    everything_holds(stack, {appointment_id})


def test_while_identity_is_away_those_signed_in_read_and_sign(stack: Stack, practice: Practice) -> None:
    client_id, _ = practice.new_client()
    note_id = practice.draft_note(practice.book(client_id, "2026-09-02T09:00"), client_id)
    therapist = practice.people["therapist"]
    therapist.get(f"/notes/{note_id}")
    with frozen(stack, "identity web"), frozen(stack, "identity sessions"):
        time.sleep(FORGOTTEN_SECONDS)
        assert therapist.call("GET", f"/notes/{note_id}").status_code == 200
        assert therapist.call("POST", f"/notes/{note_id}/sign").status_code == 200
        assert therapist.call("PATCH", f"/notes/{note_id}", json={"minutes": 1}).status_code == 503
    wait_until(lambda: practice.owner.call("GET", "/staff").status_code == 200, 20, "identity")


def test_while_identity_hangs_whose_session_it_is_is_known_all_the_same(stack: Stack, practice: Practice) -> None:
    """Strangers may keep identity busy: those who are signed in work on, also at what the gateway does not remember."""
    client_id, _ = practice.new_client()
    before = practice.sign_in("owner")
    with frozen(stack, "identity web"):
        assert before.call("PATCH", f"/clients/{client_id}", json={"preferred_name": "Ada"}).status_code == 200
        time.sleep(FORGOTTEN_SECONDS)
        assert before.call("PATCH", f"/clients/{client_id}", json={"preferred_name": "Lin"}).status_code == 200
        assert before.call("GET", "/staff").status_code == 503
    wait_until(lambda: practice.owner.call("GET", "/staff").status_code == 200, 20, "identity")


def test_the_database_server_killed_under_load_loses_nothing_answered(stack: Stack, practice: Practice) -> None:
    client_id, _ = practice.new_client()
    notes = [
        (
            appointment := practice.book(client_id, f"2026-08-{day:02d}T09:00"),
            practice.draft_note(appointment, client_id),
        )
        for day in range(3, 15)
    ]
    signed: set[str] = set()
    statuses: set[int] = set()

    def sign_all() -> None:
        for appointment_id, note_id in notes:
            while appointment_id not in signed:
                key = {"Idempotency-Key": note_id}
                response = practice.people["therapist"].call("POST", f"/notes/{note_id}/sign", headers=key)
                statuses.add(response.status_code)
                if response.status_code == 200:
                    signed.add(appointment_id)
                else:
                    time.sleep(0.2)

    thread = threading.Thread(target=sign_all)
    thread.start()
    wait_until(lambda: len(signed) >= 3, 20, "some signatures")
    port = stack.postgres.port
    stack.postgres.kill()
    stack.postgres.start(port)
    thread.join(60)
    assert not thread.is_alive()
    assert statuses <= {200, 503}, statuses
    everything_holds(stack, signed)


@pytest.mark.rabbitmq
@pytest.mark.timeout(400)
def test_a_broker_that_is_killed_and_forgets_everything_loses_nothing() -> None:
    with PrivateRabbitMQ() as broker, running_stack(broker.url) as stack:
        practice = Practice(stack.url)
        practice.add_everyone()
        client_id, _ = practice.new_client()
        first = practice.document(client_id, "2026-07-01T09:00")
        practice.draft_of(first)
        sent = stack.arm("clinical worker", "rabbit.after_send")
        unsure = practice.document(client_id, "2026-07-05T09:00")
        wait_until(lambda: not sent.exists(), 20, "the kill between sending and the broker's confirm")
        practice.draft_of(unsure)
        with frozen(stack, "billing worker"):
            second = practice.document(client_id, "2026-07-02T09:00")
            unconfirmed = "SELECT count(*) FROM outbox WHERE confirmed_at IS NULL"
            wait_until(lambda: count(stack, "clinical", unconfirmed) == 0, 20, "the broker's confirm")
            broker.kill()
        broker.forget_everything()
        third = practice.document(client_id, "2026-07-03T09:00")
        broker.start()
        for appointment_id in (first, unsure, second, third):
            assert len([practice.draft_of(appointment_id, 90)]) == 1
        everything_holds(stack, {first, unsure, second, third})


def test_a_crashed_child_is_started_again(stack: Stack, practice: Practice) -> None:
    for child in ("clients web", "gateway", "clients worker"):
        restart(stack, child)
    wait_until(lambda: _works(practice), 30, "the gateway and clients")


def _works(practice: Practice) -> bool:
    try:
        return practice.owner.call("GET", "/clients").status_code == 200
    except OSError:
        return False
